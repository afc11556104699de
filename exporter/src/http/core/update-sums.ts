import { type DevicePatch, openStatuses } from '../../domain/patch.ts';
import type { UnixSeconds } from '../../domain/time.ts';

/** On how many devices one update stands how. */
export interface UpdateTally {
  readonly devices: Partial<Record<DevicePatch['status'], number>>;
  openDevices: number;
  oldestFirstSeenAt: UnixSeconds | undefined;
}

export function emptyTally(): UpdateTally {
  return { devices: {}, openDevices: 0, oldestFirstSeenAt: undefined };
}

export function addToTally(tally: UpdateTally, { status, firstSeenAt }: DevicePatch): void {
  tally.devices[status] = (tally.devices[status] ?? 0) + 1;
  if (!openStatuses.has(status)) return;
  tally.openDevices += 1;
  if (firstSeenAt !== undefined) tally.oldestFirstSeenAt = Math.min(tally.oldestFirstSeenAt ?? Infinity, firstSeenAt);
}

/** 0 = critical. What nobody has rated may be as bad as what is important: it stands before what is known to be less. */
export const severityRanks: Readonly<Record<DevicePatch['severity'], number>> = {
  critical: 0,
  important: 1,
  unspecified: 2,
  moderate: 3,
  low: 4,
  optional: 5,
};
