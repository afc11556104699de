import { patchList } from '../../domain/words.ts';
import { nothing, type DeviceFamily } from '../family.ts';

export const deviceLastInstallInfo = {
  scope: 'device',
  identity: 'instance',
  name: 'patch_device_last_install_info',
  help: 'The updates of the last installed batch, value 1; at most five names, then "+N". Absent when unknown.',
  type: 'info',
  labels: ['patches'],
  stability: 'stable',
  generate: ({ state }) =>
    state.lastInstall === undefined || state.lastInstall.patches.length === 0
      ? nothing
      : [{ labels: [patchList(state.lastInstall.patches)], value: 1 }],
} as const satisfies DeviceFamily;
