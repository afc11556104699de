import { rfc3339, toMs } from '../../shared/format/time';
import type { LaneState, StateSpan } from '../types';
import { spanAt } from './states';
import type { Cluster } from './cluster';
import { kindLabels } from './kinds';
import type { Scene } from './scene';
import type { RankedRow } from './sort-rows';
import { troubleLabels } from './trouble';

/** Formats a time as the person reads it. */
export type FormatTime = (atMs: number) => string;

/** A sentence of the exporter with its times as the person reads them. */
export function withTimes(text: string, format: FormatTime): string {
  return text
    .split(rfc3339)
    .map((part, index) => (index % 2 === 1 ? format(toMs(part)) : part))
    .join('');
}

export const stateLabels: Readonly<Record<LaneState, string>> = {
  up: 'Up',
  down: 'Down',
  degraded: 'Degraded',
  other: 'Other state',
  unknown: 'No data',
};

/** The word of a state as the data has it; numbers and words of our own are told by what they mean. */
export function stateText(span: Pick<StateSpan, 'state' | 'text'> | undefined): string {
  if (span === undefined) {
    return stateLabels.unknown;
  }
  const word = span.text.trim();
  return word === '' || /^[-\d.]+$|^(true|false)$/i.test(word) ? stateLabels[span.state] : word;
}

export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** `12 s`, `5 min`, `2 h 5 min`, `3 d 4 h`. */
export function durationText(durationMs: number): string {
  const seconds = Math.round(Math.max(0, durationMs) / 1000);
  if (seconds < 90) {
    return `${seconds} s`;
  }
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) {
    return `${minutes} min`;
  }
  const hours = Math.floor(minutes / 60);
  return hours < 48
    ? joined(`${hours} h`, minutes % 60, 'min')
    : joined(`${Math.floor(hours / 24)} d`, hours % 24, 'h');
}

function joined(head: string, rest: number, unit: string): string {
  return rest === 0 ? head : `${head} ${rest} ${unit}`;
}

/** Name of a marker for those who hear it. */
export function clusterLabel(cluster: Cluster, format: FormatTime): string {
  const [first] = cluster.events;
  if (cluster.events.length === 1 && first) {
    const title = first.title === kindLabels[first.kind] ? '' : `: ${withTimes(first.title, format)}`;
    return `${kindLabels[first.kind]}${title}, ${format(first.atMs)}`;
  }
  const times = `${format(cluster.fromMs)} to ${format(cluster.toMs)}`;
  return `${cluster.events.length} events, worst: ${kindLabels[cluster.kind]}, ${times}`;
}

/** One sentence or two per lane, for those who do not see the plot. */
export function laneSummary(row: RankedRow, scene: Scene): string {
  const { range } = scene.scale;
  const parts = [troubleLabels[row.trouble]];
  if (row.lane.series.length === 0) {
    parts.push(row.scope === 'device' ? 'No uptime series' : '');
  } else {
    const downMs = downTime(row, range.fromMs, Math.min(range.toMs, scene.nowMs));
    parts.push(downMs > 0 ? `Down for ${durationText(downMs)}` : 'Never down', ownWordNow(row, scene));
  }
  const events = scene.clustersOf(row).reduce((sum, cluster) => sum + cluster.events.length, 0);
  const windows = scene.windowsOf(row).length;
  parts.push(countOf(events, 'event'), windows > 0 ? countOf(windows, 'window') : '');
  return parts.filter(Boolean).join('. ') + '.';
}

/** What a lane of states other than up and down is in now. */
function ownWordNow(row: RankedRow, { scale, nowMs }: Scene): string {
  const atMs = Math.min(nowMs, scale.range.toMs) - 1;
  const words = row.lane.series.flatMap(({ spans }) => {
    const span = spanAt(spans, atMs);
    return span?.state === 'other' ? [stateText(span)] : [];
  });
  return words.length === 0 ? '' : `Now ${words.join(', ')}`;
}

function downTime(row: RankedRow, fromMs: number, toMs: number): number {
  const longest = row.lane.series.map(({ spans }) =>
    spans
      .filter((span) => span.state === 'down')
      .reduce((sum, span) => sum + Math.max(0, Math.min(span.toMs, toMs) - Math.max(span.fromMs, fromMs)), 0),
  );
  return Math.max(0, ...longest);
}
