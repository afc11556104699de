import { patchSeverities, type DevicePatch, type PatchStatus } from '../../../exporter/src/domain/patch.ts';
import type { DeviceView } from '../../../exporter/src/fleet/fleet-view.ts';

export const devicesPerOrganization = 250;
const start = 1_760_000_000;
const day = 86_400;
const statuses: readonly PatchStatus[] = ['missing', 'missing', 'approved', 'installed', 'failed'];

/** Numbers in [0, 1) that depend on nothing but the seed. Source: mulberry32. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Device `index` after its `version`-th change. The name, place and operating system stay; what a poll reads changes.
 * About 14 series and 1.6 kB of text per device.
 */
export function deviceAt(index: number, version: number): DeviceView {
  const fixed = random(index * 2 + 1);
  const word = () =>
    Math.floor(fixed() * 36 ** 6)
      .toString(36)
      .padStart(6, '0');
  const host = `srv-${word()}`;
  const vendorId = word();
  const site = `site-${String(Math.floor(fixed() * 4))}`;
  const build = `20348.${String(2000 + Math.floor(fixed() * 900))}`;
  const roll = random(index * 7919 + version * 104_729);
  const when = (span: number) => start + version * 300 - Math.floor(roll() * span);
  const rebootPending = roll() < 0.2;
  const lastInstallAt = when(20 * day);
  return {
    state: {
      key: `ninja:${vendorId}-${String(index)}`,
      source: 'ninja',
      facts: {
        vendorId: `${vendorId}-${String(index)}`,
        organization: `client-${String(Math.floor(index / devicesPerOrganization))}`,
        site,
        groups: ['Production'],
        tags: [],
        displayName: host.toUpperCase(),
        hostNames: [host],
        ipAddresses: [],
        os: { name: 'Windows Server 2022 Standard', build, family: 'windows' },
        lastSeenAt: when(600),
        lastBootAt: when(30 * day),
        rebootPending,
        patches: rollPatches(roll),
      },
      observedAt: start,
      removed: false,
      ...(rebootPending && { rebootPendingSince: when(3 * day) }),
      lastInstall: { source: 'ninja', at: lastInstallAt, patches: rollPatches(roll).slice(0, 3) },
      planned: [],
    },
    identity: { status: 'matched', instance: `${host}-${String(index)}:9182`, by: 'template' },
    compliance: { verdict: roll() < 0.8 ? 'compliant' : 'non_compliant', reasons: [] },
    stale: false,
  };
}

function rollPatches(roll: () => number): DevicePatch[] {
  return Array.from({ length: 3 + Math.floor(roll() * 5) }, () => ({
    id: `KB50${String(40_000 + Math.floor(roll() * 40))}`,
    title: 'Cumulative Update',
    severity: patchSeverities[Math.floor(roll() * 3)] ?? 'critical',
    kind: 'security',
    status: statuses[Math.floor(roll() * statuses.length)] ?? 'missing',
    firstSeenAt: start - Math.floor(roll() * 30 * day),
  }));
}

/** Which device is at which version; a poll gives a share of them, chosen at random, their next one. */
export class FleetVersions {
  readonly #versions: Uint32Array;
  readonly #roll = random(42);

  constructor(devices: number) {
    this.#versions = new Uint32Array(devices);
  }

  *all(): Iterable<DeviceView> {
    for (let index = 0; index < this.#versions.length; index += 1) yield deviceAt(index, 0);
  }

  /** Every contestant draws the same devices, because all start from one seed. */
  poll(share: number): DeviceView[] {
    return Array.from({ length: Math.max(1, Math.round(this.#versions.length * share)) }, () => {
      const index = Math.floor(this.#roll() * this.#versions.length);
      const version = (this.#versions[index] ?? 0) + 1;
      this.#versions[index] = version;
      return deviceAt(index, version);
    });
  }
}
