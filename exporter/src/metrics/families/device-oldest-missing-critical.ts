import { openStatuses, type DevicePatch } from '../../domain/patch.ts';
import type { UnixSeconds } from '../../domain/time.ts';
import { one, type DeviceFamily } from '../family.ts';

export const deviceOldestMissingCritical = {
  scope: 'device',
  identity: 'instance',
  name: 'patch_device_oldest_missing_critical_timestamp_seconds',
  help: 'When the oldest critical update that is still open was first seen open on the device. Absent when none is, or unknown.',
  type: 'gauge',
  labels: [],
  unit: 'seconds',
  stability: 'stable',
  generate: ({ state }) => one(oldestOpenCritical(state.facts.patches ?? [])),
} as const satisfies DeviceFamily;

function oldestOpenCritical(patches: readonly DevicePatch[]): UnixSeconds | undefined {
  let oldest: UnixSeconds | undefined;
  for (const { severity, status, firstSeenAt } of patches) {
    if (severity !== 'critical' || !openStatuses.has(status) || firstSeenAt === undefined) continue;
    if (oldest === undefined || firstSeenAt < oldest) oldest = firstSeenAt;
  }
  return oldest;
}
