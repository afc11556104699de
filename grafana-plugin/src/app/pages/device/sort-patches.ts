import type { DeviceDetail } from '../../../shared/api/types';

export type DevicePatch = NonNullable<DeviceDetail['patches']>[number];

const statuses: ReadonlyArray<DevicePatch['status']> = [
  'failed',
  'installing',
  'missing',
  'approved',
  'unknown',
  'rejected',
  'installed',
];
const severities: ReadonlyArray<DevicePatch['severity']> = [
  'critical',
  'important',
  'moderate',
  'low',
  'optional',
  'unspecified',
];

/** What needs work first: by status, then severity, then id. */
export function sortPatches(patches: readonly DevicePatch[]): readonly DevicePatch[] {
  return [...patches].sort(
    (a, b) =>
      statuses.indexOf(a.status) - statuses.indexOf(b.status) ||
      severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
      (a.id < b.id ? -1 : 1),
  );
}
