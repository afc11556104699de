import { describe, expect, it } from 'vitest';
import { createCollector, type Collector } from '../../src/collection/collector.ts';
import { MemorySink } from '../support/memory-sink.ts';
import { refusal, refusals } from './refusals.ts';
import { type World, type WorldDevice, type WorldFleet, worldStart } from './vendor-world.ts';
import { where } from './where.ts';

export interface FleetContract {
  readonly type: string;
  readonly createWorld: () => World;
  /** Speaks HTTP: refusals, pauses, timeouts and login pages can happen to it. */
  readonly http: boolean;
  /** Reads lists in pages, so a vendor can lead it in circles. */
  readonly paged: boolean;
  /** `as_another`: the organization is part of the device's id, so that a move ends one device and begins another. */
  readonly moves?: 'as_another';
}

const never = new AbortController().signal;

function device(id: number, organization: string, change: Partial<WorldDevice> = {}): WorldDevice {
  return {
    id: String(id),
    name: `host-${String(id)}`,
    organization,
    lastSeenAt: worldStart - 60,
    lastBootAt: worldStart - 86_400,
    ...change,
  };
}

const organizations = [
  { id: '1', name: 'Acme' },
  { id: '2', name: 'Beta' },
];
const acme = [101, 102, 103, 104, 105].map((id) => device(id, '1'));
const beta = [201, 202, 203].map((id) => device(id, '2'));
export const wholeFleet: WorldFleet = { organizations, devices: [...acme, ...beta] };

const largeFleet: WorldFleet = {
  organizations,
  devices: Array.from({ length: 1200 }, (_, i) => device(1000 + i, i % 2 === 0 ? '1' : '2')),
};

/**
 * What happens to the fleet we know when a vendor misbehaves, through connector and collector together. The law: what
 * cannot be read whole changes nothing; what can be read in part is counted and never guessed.
 */
export function describeFleetContract(contract: FleetContract): void {
  const setUp = async (fleet: WorldFleet = wholeFleet) => {
    const world = contract.createWorld();
    world.fleet = fleet;
    const sink = new MemorySink();
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const collector: Collector = createCollector({
      connector: world.connector,
      sink,
      clock: { now: () => world.time.now },
      log,
    });
    const read = async () => {
      world.time.now += 60;
      return await collector.snapshot(never);
    };
    const first = await read();
    const organizationOf = (id: string) => {
      const state = sink.states.get(`rmm:${world.vendorIdOf(id)}`);
      return state === undefined || state.removed ? undefined : state.facts.organization;
    };
    const factsOf = (id: string) => sink.states.get(`rmm:${world.vendorIdOf(id)}`)?.facts;
    return { world, sink, read, first, organizationOf, factsOf };
  };

  /** Reads the whole fleet, then the same vendor under `change`: what is known must be what it was. */
  const keepsState = async (change: (world: World) => void, reasons: readonly string[]) => {
    const { world, sink, read, first } = await setUp();
    expect(first).toMatchObject({ ok: true, devices: wholeFleet.devices.length, dropped: {} });
    const stored = sink.log.length;
    change(world);
    const run = await read();
    expect(run.ok).toBe(false);
    expect(reasons).toContain(run.reason);
    expect(sink.log).toHaveLength(stored);
    world.fleet = wholeFleet;
    world.between = undefined;
    world.time.now += 100_000;
    expect(await read()).toMatchObject({ ok: true, events: 0 });
  };

  describe(`${contract.type} under a vendor that misbehaves`, () => {
    where(contract.http).each(refusals)('keeps what it knows on %s, counted by its reason', async (_w, body, kind) => {
      await keepsState((world) => (world.between = body), [kind]);
    });

    where(contract.http)('keeps what it knows whichever of its requests is the first to fail', async () => {
      const { world, sink, read } = await setUp();
      const stored = sink.log.length;
      let answered = 0;
      let failsFrom = Infinity;
      world.between = (body) => ((answered += 1) < failsFrom ? body : new Response('', { status: 503 }));
      await read();
      const needed = answered;
      world.fleet = {
        organizations,
        devices: wholeFleet.devices.map((known) => ({ ...known, name: 'renamed', lastBootAt: worldStart - 3600 })),
      };
      for (failsFrom = 1; failsFrom <= needed; failsFrom += 1) {
        answered = 0;
        const run = await read();
        if (run.ok) {
          // Of a few devices the details alone may be missing, which is counted, and unknown.
          expect(run.dropped['detail.unavailable'], `request ${String(failsFrom)}`).toBeGreaterThan(0);
          return;
        }
        expect(sink.log).toHaveLength(stored);
      }
      expect(needed).toBeGreaterThan(0);
    });

    where(contract.http)('waits as long as a 429 asks, then reads the same fleet', async () => {
      const { world, sink, read } = await setUp();
      const stored = sink.log.length;
      let refusals = 1;
      world.between = (body) => (refusals-- > 0 ? refusal(429, '7') : body);
      const pauses = world.pausesMs.length;
      expect(await read()).toMatchObject({ ok: true });
      expect(world.pausesMs.slice(pauses).reduce((a, b) => a + b, 0)).toBeGreaterThanOrEqual(7000);
      expect(sink.log).toHaveLength(stored);
    });

    where(contract.http)('reads the same fleet through one 503', async () => {
      const { world, sink, read } = await setUp();
      const stored = sink.log.length;
      let refusals = 1;
      world.between = (body) => (refusals-- > 0 ? new Response('', { status: 503 }) : body);
      expect(await read()).toMatchObject({ ok: true });
      expect(sink.log).toHaveLength(stored);
    });

    where(contract.paged)('keeps what it knows when the pages lead in circles', async () => {
      const firstPages = new Map<string, unknown>();
      await keepsState(
        (world) => {
          world.between = (body, { path }) => {
            if (!firstPages.has(path)) firstPages.set(path, body);
            return firstPages.get(path);
          };
        },
        ['malformed', 'filter_ignored'],
      );
    });

    it('keeps what it knows when half the fleet is missing', async () => {
      const half = { organizations, devices: [...acme.slice(0, 2), ...beta.slice(0, 1)] };
      await keepsState((world) => (world.fleet = half), ['shrunk']);
    });

    it('keeps what it knows when the fleet is empty', async () => {
      await keepsState((world) => (world.fleet = { organizations, devices: [] }), ['shrunk']);
    });

    it('keeps what it knows when all is empty, organizations too', async () => {
      await keepsState(
        (world) => (world.fleet = { organizations: [], devices: [] }),
        ['shrunk', 'malformed', 'forbidden'],
      );
    });

    it('lets an organization vanish only when two reads in a row say so', async () => {
      const { world, read, organizationOf } = await setUp();
      world.fleet = { organizations: organizations.slice(0, 1), devices: acme };
      expect(await read()).toMatchObject({ ok: false, reason: 'shrunk' });
      expect(organizationOf('201')).toBe('org-2');
      expect(await read()).toMatchObject({ ok: true });
      expect(organizationOf('201')).toBeUndefined();
      expect(organizationOf('101')).toBe('org-1');
    });

    it('gives devices of an organization that is not listed to nobody else', async () => {
      const { world, read, organizationOf } = await setUp();
      world.fleet = { organizations: organizations.slice(0, 1), devices: wholeFleet.devices };
      await read();
      await read();
      for (const { id } of acme) expect(organizationOf(id)).toBe('org-1');
      for (const { id } of beta) expect([undefined, 'org-2']).toContain(organizationOf(id));
    });

    it('moves a device to its new organization', async () => {
      const { world, read, organizationOf } = await setUp();
      world.fleet = { organizations, devices: [...acme.slice(0, 4), device(105, '2'), ...beta] };
      expect(await read()).toMatchObject({ ok: true, events: contract.moves === 'as_another' ? 2 : 1 });
      expect(organizationOf('105')).toBe('org-2');
    });

    it('keeps a renamed device, and two devices with one name, apart', async () => {
      const { world, read, factsOf } = await setUp();
      const twin = (id: number, organization: string) => device(id, organization, { name: 'twin' });
      world.fleet = { organizations, devices: [...acme.slice(0, 4), twin(105, '1'), twin(201, '2'), ...beta.slice(1)] };
      expect(await read()).toMatchObject({ ok: true, devices: 8, events: 2 });
      expect([factsOf('105'), factsOf('201')].map((facts) => [facts?.hostNames[0], facts?.organization])).toEqual([
        ['twin', 'org-1'],
        ['twin', 'org-2'],
      ]);
    });

    it('keeps devices and organizations whose names are null', async () => {
      const { world, read, factsOf, organizationOf } = await setUp();
      world.fleet = {
        organizations: organizations.map(({ id }) => ({ id, name: null })),
        devices: wholeFleet.devices.map((known) => ({ ...known, name: null })),
      };
      const run = await read();
      for (const { id, organization } of wholeFleet.devices) {
        expect(organizationOf(id)).toBe(`org-${organization}`);
        expect(factsOf(id)?.displayName).not.toBe('');
      }
      if (run.ok) expect(run.devices).toBe(8);
    });

    it('counts a device that stands twice in the lists and keeps one', async () => {
      const { sink, first } = await setUp({ organizations, devices: wholeFleet.devices.flatMap((one) => [one, one]) });
      if (!first.ok) {
        expect(first.reason).toBe('malformed');
        return;
      }
      expect(sink.states.size).toBe(8);
      expect(first.dropped['device.duplicate']).toBeGreaterThanOrEqual(8);
    });

    it('takes nothing from a clock that runs ahead, and counts it', async () => {
      const ahead = worldStart + 7200;
      const fast = device(101, '1', { lastSeenAt: ahead, lastBootAt: ahead, rebootPending: true, installedAt: ahead });
      const { first, factsOf } = await setUp({ organizations, devices: [fast, ...acme.slice(1), ...beta] });
      expect(first.ok).toBe(true);
      expect(first.dropped['future.last_boot']).toBe(1);
      const facts = factsOf('101');
      expect([facts?.lastBootAt, facts?.lastSeenAt]).toEqual([undefined, undefined]);
      expect((facts?.patches ?? []).filter(({ installedAt }) => installedAt !== undefined)).toEqual([]);
    });

    it('starts with an empty fleet where there is none', async () => {
      const { first } = await setUp({ organizations, devices: [] });
      expect(first).toMatchObject({ ok: true, devices: 0 });
    });

    const streams = contract.createWorld().connector.stream !== undefined;

    where(streams)('hands devices over as they come and holds no more than one page', async () => {
      const world = contract.createWorld();
      world.fleet = largeFleet;
      const told: number[] = [];
      const progress = (_what: string, count: number): void => void told.push(count);
      const context = { clock: { now: () => worldStart }, signal: never, progress };
      let served = 0;
      let handedOver = 0;
      let peakHeld = 0;
      world.between = (body) => {
        served += devicesIn(body);
        peakHeld = Math.max(peakHeld, served - handedOver);
        return body;
      };
      const stream = world.connector.stream?.(context);
      if (stream === undefined) return;
      for (let step = await stream.next(); step.done !== true; step = await stream.next())
        handedOver += step.value.length;
      expect(handedOver).toBe(1200);
      expect(peakHeld).toBeLessThanOrEqual(600);
      expect(told.at(-1)).toBe(1200);
    });

    /** The vendor answers 503 to everything once half of the devices have come. */
    const breakOff = (world: World): void => {
      let served = 0;
      world.between = (body) => {
        served += devicesIn(body);
        return served < 600 ? body : new Response('', { status: 503 });
      };
    };

    where(streams && contract.paged)('stores nothing of a first read that breaks off half way', async () => {
      const { world, sink, read } = await setUp({ organizations, devices: [] });
      world.fleet = largeFleet;
      breakOff(world);
      expect(await read()).toMatchObject({ ok: false, reason: 'unavailable' });
      expect(sink.log).toEqual([]);
      expect(sink.states.size).toBe(0);
    });

    where(streams && contract.paged)('takes no news from a read that breaks off half way', async () => {
      const { world, sink, read, factsOf } = await setUp(largeFleet);
      const stored = sink.log.length;
      const renamed = largeFleet.devices.map((known) => ({ ...known, name: 'renamed' }));
      world.fleet = { organizations, devices: renamed };
      breakOff(world);
      expect(await read()).toMatchObject({ ok: false, reason: 'unavailable' });
      expect(sink.log).toHaveLength(stored);
      expect(factsOf('1000')?.displayName).toBe('host-1000');
      world.between = undefined;
      expect(await read()).toMatchObject({ ok: true, events: 1200 });
    });
  });
}

/** How many devices this answer holds: a page of them is longer than any other list of these tests. */
function devicesIn(body: unknown): number {
  if (Array.isArray(body)) return body.length > 2 ? body.length : 0;
  const isPage = typeof body === 'object' && body !== null && 'devices' in body && Array.isArray(body.devices);
  return isPage ? (body.devices as unknown[]).length : 0;
}
