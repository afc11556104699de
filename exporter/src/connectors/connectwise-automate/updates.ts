import { normalizeKb, openStatuses, type DevicePatch, type PatchStatus } from '../../domain/patch.ts';
import type { UnixSeconds } from '../../domain/time.ts';
import type { ReadCounters } from '../tally.ts';
import { textOf } from '../text.ts';
import { translate } from '../translate.ts';
import { windowsCategoryWords, windowsSeverityWords } from '../windows-update-words.ts';
import type { MicrosoftUpdate, PatchingStats } from './api-schema.ts';
import type { ReadServerTime } from './server-time.ts';

export type ApprovalWords = Readonly<Record<string, PatchStatus>>;

/** The names of approvals are data of each server; these are the ones it starts with. Options add to them. */
const usualApprovalWords: ApprovalWords = {
  APPROVED: 'approved',
  'NOT SET': 'missing',
  NOTSET: 'missing',
  IGNORED: 'rejected',
  IGNORE: 'rejected',
  DENIED: 'rejected',
};

export function toApprovalWords(configured: Readonly<Record<string, PatchStatus>>): ApprovalWords {
  const own = Object.entries(configured).map(([word, status]) => [word.trim().toUpperCase(), status] as const);
  return { ...usualApprovalWords, ...Object.fromEntries(own) };
}

export interface UpdateRules {
  readonly counters: ReadCounters;
  readonly approvalWords: ApprovalWords;
  readonly readTime: ReadServerTime;
  /** Installs before this, and those that cannot be dated, are left out. */
  readonly since: UnixSeconds;
}

/**
 * One computer's rows → its updates. Undefined when they cannot be the whole: a computer that was never inventoried has
 * no rows either, and a list with fewer open updates than the server counts was cut somewhere.
 */
export function mapUpdates(
  rows: readonly MicrosoftUpdate[],
  stats: PatchingStats,
  rules: UpdateRules,
): readonly DevicePatch[] | undefined {
  const byId = new Map<string, DevicePatch>();
  let open = 0;
  for (const row of rows) {
    const patch = mapUpdate(row, rules);
    if (row.IsInstalled !== true) open += 1;
    if (patch === undefined) continue;
    const known = byId.get(patch.id);
    if (known === undefined || (openStatuses.has(patch.status) && !openStatuses.has(known.status)))
      byId.set(patch.id, patch);
  }
  if (stats.NoPatchInventory !== false || typeof stats.MissingPatchCount !== 'number') return undefined;
  if (open < stats.MissingPatchCount) {
    rules.counters.dropped.add('patch.incomplete');
    return undefined;
  }
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function mapUpdate(row: MicrosoftUpdate, rules: UpdateRules): DevicePatch | undefined {
  const { counters, readTime, since } = rules;
  const status = statusOf(row, rules);
  const tried = status === 'installed' || status === 'failed';
  const installedAt = tried ? readTime(row.InstallDate, counters.dropped) : undefined;
  if (status === 'installed' && (installedAt ?? 0) < since) return undefined;
  const title = textOf(row.Title);
  const id = normalizeKb(row.KnowledgeBaseId) ?? kbIn(title) ?? textOf(row.MicrosoftUpdateId) ?? title ?? '';
  return {
    id,
    title: title ?? id,
    severity: translate(windowsSeverityWords, row.Severity, 'patch.severity', counters.unknownWords) ?? 'unspecified',
    kind: translate(windowsCategoryWords, row.Category, 'patch.type', counters.unknownWords) ?? 'other',
    status,
    ...(installedAt === undefined ? {} : { installedAt }),
  };
}

/** `InstallState` is free text nobody has listed; the two flags and the approval say the same in known words. */
function statusOf(row: MicrosoftUpdate, { counters, approvalWords }: UpdateRules): PatchStatus {
  if (row.IsInstalled === true) return 'installed';
  if (row.IsInstalled !== false) {
    counters.unknownWords.add('patch.status');
    return 'unknown';
  }
  const word = textOf(row.PolicyApproval?.Name);
  const decided =
    word === undefined ? 'missing' : translate(approvalWords, word, 'patch.status', counters.unknownWords);
  if (row.IsFailed === true && decided !== 'rejected') return 'failed';
  return decided ?? 'unknown';
}

function kbIn(title: string | undefined): string | undefined {
  return normalizeKb(/\bKB\d{5,8}\b/i.exec(title ?? '')?.[0]);
}
