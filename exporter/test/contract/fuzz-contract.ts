import { describe, expect, it } from 'vitest';
import type { DeviceFacts } from '../../src/domain/device.ts';
import { ConnectorError } from '../../src/domain/errors.ts';
import { patchSeverities, patchStatuses } from '../../src/domain/patch.ts';
import { createRandom, mutate } from '../support/mutate.ts';
import { type World, type WorldDevice, type WorldFleet, worldStart } from './vendor-world.ts';

/** Bodies per connector; `FUZZ_BODIES` asks for more, `FUZZ_SEED` for others. */
const allBodies = Number(process.env['FUZZ_BODIES'] ?? 32_000);
const seed = Number(process.env['FUZZ_SEED'] ?? 1);

function known(id: number, organization: string, rebootPending: boolean): WorldDevice {
  return {
    id: String(id),
    name: `host-${String(id)}`,
    organization,
    lastSeenAt: worldStart - 60 - id,
    lastBootAt: worldStart - 86_400 - id,
    installedAt: worldStart - 3600 - 60 * (id % 50),
    rebootPending,
  };
}

const fleet: WorldFleet = {
  organizations: [
    { id: '1', name: 'Acme' },
    { id: '2', name: 'Beta' },
  ],
  devices: [known(101, '1', true), known(102, '1', false), known(201, '2', true)],
};

export interface FuzzOptions {
  /** Part of the usual number of bodies, for connectors that are slow to feed. */
  readonly part?: number;
  /** Devices name their organization by its key itself, so that an unknown one is a new one. */
  readonly freeOrganizations?: boolean;
}

/**
 * Feeds a connector spoiled answers of its vendor. It may end in its own counted errors and in nothing else; no device
 * may turn up in an organization that is not its own; and no time, install or pending reboot may come out of garbage.
 */
export function describeConnectorFuzz(type: string, createWorld: () => World, options: FuzzOptions = {}): void {
  const bodies = Math.ceil(allBodies * (options.part ?? 1));
  const owners = options.freeOrganizations === true ? /^(?!org-)/ : /^$/;
  describe(`${type} under spoiled answers`, () => {
    const timeoutMs = 15_000 + bodies * 5;
    it(`survives ${String(bodies)} of them and believes none`, { timeout: timeoutMs }, async () => {
      const random = createRandom(seed);
      let spoiled = 0;
      let reads = 0;
      let devicesRead = 0;
      while (spoiled < bodies) {
        const world = createWorld();
        const originals = new Map(fleet.devices.map((device) => [world.vendorIdOf(device.id), device]));
        world.fleet = fleet;
        // Few at a time, or no read would ever come to its end.
        const share = random() < 0.5 ? 0.2 : 0.7;
        world.between = (body) => {
          if (body instanceof Response || random() > share) return body;
          spoiled += 1;
          return mutate(body, random);
        };
        // A connector keeps things from read to read: let it meet what it kept.
        for (let round = 0; round < 12; round += 1) {
          reads += 1;
          for (const facts of await readSpoiled(world)) {
            devicesRead += 1;
            check(facts, originals.get(facts.vendorId), owners);
          }
        }
      }
      // A test that never sees a device would prove nothing.
      expect(devicesRead).toBeGreaterThan(reads / 8);
    });
  });
}

async function readSpoiled(world: World): Promise<readonly DeviceFacts[]> {
  world.time.now += 60;
  const context = {
    clock: { now: () => world.time.now },
    signal: new AbortController().signal,
    progress: () => undefined,
  };
  try {
    return (await world.connector.collect?.(context))?.devices ?? [];
  } catch (error) {
    if (error instanceof ConnectorError) return [];
    throw error;
  }
}

/** Plain comparisons, because a hundred thousand of vitest's would take minutes. */
function check(facts: DeviceFacts, original: WorldDevice | undefined, owners: RegExp): void {
  const fail = (what: string): never => {
    throw new Error(`${what}: ${JSON.stringify(facts).slice(0, 2000)} out of ${JSON.stringify(original)}`);
  };
  const isOwn = facts.organization === `org-${original?.organization ?? ''}`;
  const isStranger = original === undefined && /^org-[12]$/.test(facts.organization);
  if (!isOwn && !isStranger && !owners.test(facts.organization)) fail('wrong organization');
  if (typeof facts.vendorId !== 'string' || facts.vendorId === '' || facts.displayName === '') fail('no name');
  const { lastBootAt, lastSeenAt } = facts;
  // Some vendors write minutes and no seconds.
  const origins = original === undefined ? fleet.devices : [original];
  const announced = origins.some(({ rebootPending }) => rebootPending === true);
  if (facts.rebootPending === true && !announced) fail('a reboot nobody announced');
  const isFrom = (at: number | undefined, read: (device: WorldDevice) => number | undefined): boolean =>
    at === undefined || origins.some((device) => Math.abs(at - (read(device) ?? Infinity)) < 60);
  if (!isFrom(lastBootAt, (device) => device.lastBootAt)) fail('a boot nobody reported');
  if (!isFrom(lastSeenAt, (device) => device.lastSeenAt)) fail('a contact nobody reported');
  if (facts.maintenance !== undefined) fail('maintenance nobody planned');
  for (const { id, title, status, severity, installedAt } of facts.patches ?? []) {
    if (id === '' || title === '') fail('an update without a name');
    if (!patchStatuses.includes(status) || !patchSeverities.includes(severity)) fail('an update in no state');
    if (!isFrom(installedAt, (device) => device.installedAt)) fail('an install nobody reported');
  }
}
