import { one, type DeviceFamily } from '../family.ts';

export const deviceQuietCappedUntil = {
  scope: 'device',
  identity: 'instance',
  name: 'patch_device_quiet_capped_until_timestamp_seconds',
  help: 'Until when the daily cap refuses this device new quiet windows. Present only while it does.',
  type: 'gauge',
  labels: [],
  unit: 'seconds',
  stability: 'stable',
  generate: ({ quietCappedUntil }) => one(quietCappedUntil),
} as const satisfies DeviceFamily;
