import { one, type DeviceFamily } from '../family.ts';

export const deviceRebootPendingSince = {
  scope: 'device',
  identity: 'instance',
  name: 'patch_device_reboot_pending_since_timestamp_seconds',
  help: 'Since when a reboot has been pending without a break. Absent when none is.',
  type: 'gauge',
  labels: [],
  unit: 'seconds',
  stability: 'stable',
  generate: ({ state }) => one(state.rebootPendingSince),
} as const satisfies DeviceFamily;
