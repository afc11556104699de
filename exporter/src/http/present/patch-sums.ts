import { openStatuses, type DevicePatch } from '../../domain/patch.ts';
import type { UnixSeconds } from '../../domain/time.ts';

type Patches = readonly DevicePatch[] | undefined;

const isMissingCritical = ({ severity, status }: DevicePatch): boolean =>
  severity === 'critical' && openStatuses.has(status);

/** undefined: the source says nothing about updates. */
export function missingCritical(patches: Patches): number | undefined {
  return count(patches, isMissingCritical);
}

export function failedUpdates(patches: Patches): number | undefined {
  return count(patches, ({ status }) => status === 'failed');
}

/** undefined: none is missing, or nobody knows since when. */
export function oldestMissingCritical(patches: Patches): UnixSeconds | undefined {
  let oldest: UnixSeconds | undefined;
  for (const patch of patches ?? [])
    if (patch.firstSeenAt !== undefined && isMissingCritical(patch))
      oldest = Math.min(oldest ?? Infinity, patch.firstSeenAt);
  return oldest;
}

/** When an update that still stands as failed was last tried. */
export function lastFailure(patches: Patches): UnixSeconds | undefined {
  let last: UnixSeconds | undefined;
  for (const { status, installedAt } of patches ?? [])
    if (status === 'failed' && installedAt !== undefined) last = Math.max(last ?? 0, installedAt);
  return last;
}

function count(patches: Patches, matches: (patch: DevicePatch) => boolean): number | undefined {
  if (patches === undefined) return undefined;
  let sum = 0;
  for (const patch of patches) if (matches(patch)) sum += 1;
  return sum;
}
