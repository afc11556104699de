import type { DevicePatch } from '../../domain/patch.ts';
import { nothing, type DeviceFamily, type Sample } from '../family.ts';

/** Rules compare these two with 0, so they are there as soon as the device's updates are known. */
const always = [
  ['missing', 'critical'],
  ['failed', 'any'],
] as const;

export const devicePatches = {
  scope: 'device',
  identity: 'instance',
  name: 'patch_device_patches',
  help: 'Updates of the device by status and severity; failed/any counts the failed ones of every severity again. Absent while its updates are unknown or stale.',
  type: 'gauge',
  labels: ['status', 'severity'],
  fewLines: true,
  stability: 'stable',
  generate: ({ state, stale }) =>
    stale || state.facts.patches === undefined ? nothing : countPatches(state.facts.patches),
} as const satisfies DeviceFamily;

function countPatches(patches: readonly DevicePatch[]): readonly Sample[] {
  // A handful, so that looking through them is cheaper than making a key for each update.
  const samples: { readonly labels: readonly [string, string]; value: number }[] = [];
  const add = (status: string, severity: string, count: number): void => {
    for (const known of samples) {
      if (known.labels[0] !== status || known.labels[1] !== severity) continue;
      known.value += count;
      return;
    }
    samples.push({ labels: [status, severity], value: count });
  };
  for (const [status, severity] of always) add(status, severity, 0);
  for (const { status, severity } of patches) {
    add(status, severity, 1);
    if (status === 'failed') add('failed', 'any', 1);
  }
  return samples;
}
