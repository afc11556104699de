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
  const samples = new Map<string, { labels: readonly string[]; value: number }>();
  const add = (status: string, severity: string, count: number) => {
    const known = samples.get(`${status}/${severity}`);
    if (known === undefined) samples.set(`${status}/${severity}`, { labels: [status, severity], value: count });
    else known.value += count;
  };
  for (const [status, severity] of always) add(status, severity, 0);
  for (const { status, severity } of patches) {
    add(status, severity, 1);
    if (status === 'failed') add('failed', 'any', 1);
  }
  return [...samples.values()];
}
