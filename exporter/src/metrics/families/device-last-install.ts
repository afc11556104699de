import { one, type DeviceFamily } from '../family.ts';

export const deviceLastInstall = {
  scope: 'device',
  identity: 'instance',
  name: 'patch_device_last_install_timestamp_seconds',
  help: 'When the newest update of the last batch was installed. Absent when unknown.',
  type: 'gauge',
  labels: [],
  unit: 'seconds',
  stability: 'stable',
  generate: ({ state }) => one(state.lastInstall?.at),
} as const satisfies DeviceFamily;
