import { one, type DeviceFamily } from '../family.ts';

export const deviceRebootPending = {
  scope: 'device',
  identity: 'instance',
  name: 'patch_device_reboot_pending',
  help: '1 when the device waits for a reboot, 0 when it does not. Absent while unknown or stale.',
  type: 'gauge',
  labels: [],
  stability: 'stable',
  generate: ({ state, stale }) =>
    one(stale || state.facts.rebootPending === undefined ? undefined : Number(state.facts.rebootPending)),
} as const satisfies DeviceFamily;
