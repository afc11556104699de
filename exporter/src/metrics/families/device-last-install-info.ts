import type { PatchRef } from '../../domain/patch.ts';
import { nothing, type DeviceFamily } from '../family.ts';

const maxNamed = 5;

export const deviceLastInstallInfo = {
  scope: 'device',
  identity: 'instance',
  name: 'patch_device_last_install_info',
  help: 'The updates of the last installed batch, value 1; at most five ids, then "+N". Absent when unknown.',
  type: 'info',
  labels: ['patches'],
  stability: 'stable',
  generate: ({ state }) =>
    state.lastInstall === undefined || state.lastInstall.patches.length === 0
      ? nothing
      : [{ labels: [summarize(state.lastInstall.patches)], value: 1 }],
} as const satisfies DeviceFamily;

/** `KB1, KB2, KB3, KB4, KB5 +2` */
function summarize(patches: readonly PatchRef[]): string {
  const named = patches.slice(0, maxNamed).map((patch) => patch.id);
  const rest = patches.length - named.length;
  return named.join(', ') + (rest > 0 ? ` +${String(rest)}` : '');
}
