import { normalizeKb, openStatuses, type DevicePatch, type PatchStatus } from '../../domain/patch.ts';
import type { UnixSeconds } from '../../domain/time.ts';
import type { ReadCounters } from '../tally.ts';
import { textOf } from '../text.ts';
import { translate } from '../translate.ts';
import type { LocalTime, ReadLocalTime } from '../vendor-time.ts';
import { windowsCategoryWords, windowsSeverityWords } from '../windows-update-words.ts';
import type { WinUpdate } from './api-schema.ts';

/** What was decided about an update that is not installed. `inherit` = by policy, which nobody has applied yet. */
const actionWords: Readonly<Record<string, PatchStatus>> = {
  INHERIT: 'missing',
  NOTHING: 'missing',
  APPROVE: 'approved',
  IGNORE: 'rejected',
};

const resultWords: Readonly<Record<string, 'failed' | 'none'>> = { 'N/A': 'none', SUCCESS: 'none', FAILED: 'failed' };

export interface UpdateRules {
  readonly counters: ReadCounters;
  readonly readLocalTime: ReadLocalTime;
  /** Without a zone no install can be dated, and an undated one says nothing that would be of use. */
  readonly zoneIsKnown: boolean;
  /** Installs before this are left out. */
  readonly since: UnixSeconds;
}

/** One agent's rows → its updates, one entry per update, in the order of their ids. */
export function mapUpdates(rows: readonly WinUpdate[], rules: UpdateRules): readonly DevicePatch[] {
  const byId = new Map<string, DevicePatch>();
  for (const row of rows) {
    const patch = mapUpdate(row, rules);
    if (patch === undefined) continue;
    const known = byId.get(patch.id);
    // Two revisions of one update: the one that still asks for work is the one that matters.
    if (known === undefined || (openStatuses.has(patch.status) && !openStatuses.has(known.status)))
      byId.set(patch.id, patch);
  }
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function mapUpdate(row: WinUpdate, { counters, readLocalTime, zoneIsKnown, since }: UpdateRules) {
  const status = statusOf(row, counters);
  const tried = status === 'installed' || status === 'failed';
  const dated = tried && textOf(row.date_installed) !== undefined;
  const installedAt = dated ? readLocalTime(parseDate(row.date_installed ?? ''), counters.dropped) : undefined;
  if (status === 'installed' && (installedAt === undefined ? !zoneIsKnown : installedAt < since)) return undefined;
  const id = normalizeKb(row.kb) ?? [row.kb, row.guid, row.title].map(textOf).find((name) => name !== undefined) ?? '';
  return {
    id,
    title: textOf(row.title) ?? id,
    severity: translate(windowsSeverityWords, row.severity, 'patch.severity', counters.unknownWords) ?? 'unspecified',
    kind: translate(windowsCategoryWords, row.categories[0], 'patch.type', counters.unknownWords) ?? 'other',
    status,
    ...(installedAt === undefined ? {} : { installedAt }),
  } satisfies DevicePatch;
}

function statusOf({ installed, action, result }: WinUpdate, { unknownWords }: ReadCounters): PatchStatus {
  if (installed === true) return 'installed';
  const decided = translate(actionWords, action, 'patch.status', unknownWords);
  const outcome = translate(resultWords, result, 'patch.status', unknownWords);
  if (installed !== false || decided === undefined || outcome === undefined) return 'unknown';
  // An update somebody decided against is not wanted any more, however its last attempt went.
  return outcome === 'failed' && decided !== 'rejected' ? 'failed' : decided;
}

/** `07 16 2026 02:41`: month, day, year, hour, minute. */
function parseDate(text: string): LocalTime | undefined {
  const match = /^(\d{2}) (\d{2}) (\d{4}) (\d{2}):(\d{2})$/.exec(text.trim());
  if (match === null) return undefined;
  const [month = 0, day = 0, year = 0, hour = 0, minute = 0] = match.slice(1).map(Number);
  return { year, month, day, hour, minute, second: 0 };
}
