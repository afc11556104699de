import type { DeviceView } from '../../fleet/fleet-view.ts';
import type { UnixSeconds } from '../../domain/time.ts';
import type { DeviceFamily, Sample } from '../family.ts';
import { labelPair } from '../labels.ts';

/**
 * What one family says about one device, ready to be compared and printed. Families without labels of their own: the
 * value, NaN for absent. Others: the ends of their lines (`,label="x"} 1\n`), '' for absent.
 */
export type Cell = number | string;

export const absentNumber = Number.NaN;

export function isAbsent(cell: Cell): boolean {
  return typeof cell === 'string' ? cell === '' : Number.isNaN(cell);
}

/** The cell of one family for one device. */
export function renderCell(family: DeviceFamily, view: DeviceView, now: UnixSeconds): Cell {
  const samples = family.generate(view, now);
  if (family.labels.length > 0) return renderTails(family.labels, samples);
  const value = samples[0]?.value ?? absentNumber;
  return Number.isFinite(value) ? value : absentNumber;
}

/** Of samples with equal labels the first counts: two equal series would cost Prometheus the whole scrape. */
export function renderTails(names: readonly string[], samples: readonly Sample[]): string {
  const seen = samples.length > 1 ? new Set<string>() : undefined;
  // Joined rather than added up: what is kept per device must be one flat string, not a tree of its pieces.
  const tails: string[] = [];
  for (const { labels, value } of samples) {
    if (!Number.isFinite(value)) continue;
    let text = '';
    for (let i = 0; i < names.length; i += 1) {
      const pair = labelPair(names[i] ?? '', labels[i] ?? '');
      if (pair !== '') text += text === '' ? pair : `,${pair}`;
    }
    if (seen?.has(text) === true) continue;
    seen?.add(text);
    tails.push(text === '' ? '' : ',', text, '} ', String(value), '\n');
  }
  return tails.join('');
}

/** Puts `name{identity` before each tail. */
export function renderLines(name: string, identity: string, tails: string): string {
  const head = `${name}{${identity}`;
  let lines = '';
  for (let start = 0; start < tails.length;) {
    const end = tails.indexOf('\n', start) + 1;
    const skipComma = identity === '' && tails.charCodeAt(start) === comma ? 1 : 0;
    lines += head + tails.slice(start + skipComma, end);
    start = end;
  }
  return lines;
}

const comma = 0x2c;
