import type { FamilyLimits, OrganizationFamily, Sample, UpdateCount } from '../family.ts';

export const updateDevices = {
  scope: 'organization',
  name: 'patch_update_devices',
  help: 'Devices on which an open update has this status. Only the most widespread updates are named; patch="other" sums the rest and counts a device once per update.',
  type: 'gauge',
  labels: ['patch', 'status'],
  stability: 'stable',
  generate: (updates, limits) => nameTop(updates, limits),
} as const satisfies OrganizationFamily;

function nameTop(updates: readonly UpdateCount[], { namedUpdates }: FamilyLimits): readonly Sample[] {
  const named = widest(updates, namedUpdates);
  const rest = new Map<string, number>();
  const samples: Sample[] = [];
  for (const { patch, status, devices } of updates) {
    // An update that is really called "other" joins the rest instead of colliding with it.
    if (named.has(patch) && patch !== 'other') samples.push({ labels: [patch, status], value: devices });
    else rest.set(status, (rest.get(status) ?? 0) + devices);
  }
  for (const [status, devices] of rest) samples.push({ labels: ['other', status], value: devices });
  return samples;
}

/** By devices, ties by id, so that equal fleets name the same updates. */
function widest(updates: readonly UpdateCount[], count: number): ReadonlySet<string> {
  const devices = new Map<string, number>();
  for (const update of updates) devices.set(update.patch, (devices.get(update.patch) ?? 0) + update.devices);
  const ranked = [...devices].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return new Set(ranked.slice(0, count).map(([patch]) => patch));
}
