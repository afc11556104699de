import { one, type DeviceFamily } from '../family.ts';

export const deviceCompliant = {
  scope: 'device',
  identity: 'instance',
  name: 'patch_device_compliant',
  help: '1 when the device meets the patch policy, 0 when it provably does not. Absent = unknown, which never counts as compliant.',
  type: 'gauge',
  labels: [],
  stability: 'stable',
  generate: ({ compliance, stale }) =>
    one(stale || compliance.verdict === 'unknown' ? undefined : Number(compliance.verdict === 'compliant')),
} as const satisfies DeviceFamily;
