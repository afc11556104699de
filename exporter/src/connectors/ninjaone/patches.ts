import { normalizeKb, type DevicePatch, type PatchRef } from '../../domain/patch.ts';
import type { UnixSeconds } from '../../domain/time.ts';
import type { ReadCounters } from '../tally.ts';
import { fromEpoch } from '../vendor-time.ts';
import { translate } from '../translate.ts';
import type { OsPatch } from './api-schema.ts';
import { patchStatusWords, patchTypeWords, severityWords } from './vocabulary.ts';

/** Rows of one device out of the two patch reports. */
export interface PatchRows {
  /** os-patches: open or rejected, no install attempted. */
  readonly current: readonly DevicePatch[];
  /** os-patch-installs: attempts, installed or failed. */
  readonly attempts: readonly DevicePatch[];
}

/** `KB…` from the number field or the title; otherwise the vendor's id, otherwise the title. */
export function patchRef(row: Pick<OsPatch, 'id' | 'kbNumber' | 'name'>): PatchRef {
  const kb = normalizeKb(row.kbNumber) ?? normalizeKb(/\bKB\d{5,8}\b/i.exec(row.name ?? '')?.[0]);
  const id = kb ?? nonEmpty(row.id) ?? nonEmpty(row.name) ?? nonEmpty(row.kbNumber) ?? 'unnamed';
  return { id, title: nonEmpty(row.name) ?? id };
}

export function mapPatch(row: OsPatch, { unknownWords }: Pick<ReadCounters, 'unknownWords'>): DevicePatch {
  const installedAt = fromEpoch(row.installedAt);
  return {
    ...patchRef(row),
    severity: translate(severityWords, row.severity, 'patch.severity', unknownWords) ?? 'unspecified',
    kind: translate(patchTypeWords, row.type, 'patch.type', unknownWords) ?? 'other',
    status: translate(patchStatusWords, row.status, 'patch.status', unknownWords) ?? 'unknown',
    ...(installedAt === undefined ? {} : { installedAt }),
  };
}

/**
 * One entry per update out of what is open now and what was tried. What is open now wins, because the same number can
 * be offered again after an install (virus definitions); an open update whose last attempt failed is `failed`.
 */
export function mergePatches({ current, attempts }: PatchRows): readonly DevicePatch[] {
  const tried = new Map<string, DevicePatch>();
  for (const attempt of attempts) tried.set(attempt.id, laterAttempt(tried.get(attempt.id), attempt));
  const merged = new Map(tried);
  for (const open of current) {
    const attempt = tried.get(open.id);
    const failed = attempt?.status === 'failed' && (open.status === 'missing' || open.status === 'approved');
    merged.set(open.id, failed ? { ...open, ...attemptFacts(attempt) } : open);
  }
  return [...merged.values()].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

function attemptFacts({ status, installedAt }: DevicePatch): Partial<DevicePatch> {
  return { status, ...(installedAt === undefined ? {} : { installedAt }) };
}

/** An install undoes an earlier failure only where both are dated and the install is the later one: in doubt, failed. */
function laterAttempt(before: DevicePatch | undefined, next: DevicePatch): DevicePatch {
  if (before === undefined) return next;
  const [a, b] = [before.installedAt, next.installedAt];
  if (before.status === next.status) return (a ?? 0) >= (b ?? 0) ? before : next;
  if (a !== undefined && b !== undefined) return a > b || (a === b && before.status === 'failed') ? before : next;
  return before.status === 'installed' ? next : before;
}

/** True for an attempt inside the window, and for one without a date: the vendor leaves out about one in a hundred. */
export function isSince(patch: DevicePatch, since: UnixSeconds): boolean {
  return patch.installedAt === undefined || patch.installedAt >= since;
}

function nonEmpty(text: string | null | undefined): string | undefined {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? undefined : trimmed;
}
