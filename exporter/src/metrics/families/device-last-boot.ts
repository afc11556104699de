import { one, type DeviceFamily } from '../family.ts';

export const deviceLastBoot = {
  scope: 'device',
  identity: 'instance',
  name: 'patch_device_last_boot_timestamp_seconds',
  help: 'When the device last booted, as its source says. Absent when unknown.',
  type: 'gauge',
  labels: [],
  unit: 'seconds',
  stability: 'stable',
  generate: ({ state }) => one(state.facts.lastBootAt),
} as const satisfies DeviceFamily;
