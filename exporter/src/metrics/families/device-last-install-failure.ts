import { one, type DeviceFamily } from '../family.ts';

export const deviceLastInstallFailure = {
  scope: 'device',
  identity: 'instance',
  name: 'patch_device_last_install_failure_timestamp_seconds',
  help: 'When an installation last failed. Absent when none is known.',
  type: 'gauge',
  labels: [],
  unit: 'seconds',
  stability: 'stable',
  generate: ({ state }) => one(state.lastInstallFailure?.at),
} as const satisfies DeviceFamily;
