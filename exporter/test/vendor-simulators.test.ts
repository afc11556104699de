import {
  createAutomateSimulator,
  DEFAULT_ACCOUNT,
  type AutomateOptions,
} from '@patchhaven/connectwise-automate-simulator';
import { createDattoSimulator, DEFAULT_KEY, uidOf } from '@patchhaven/datto-rmm-simulator';
import type { Simulator } from '@patchhaven/simulator-kit';
import {
  agentId,
  createTacticalSimulator,
  DEFAULT_API_KEY,
  type TacticalOptions,
} from '@patchhaven/tactical-rmm-simulator';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createCollector } from '../src/collection/collector.ts';
import { connectorTypes } from '../src/connectors/registry.ts';
import { createOrganizationDirectory } from '../src/identity/organization.ts';
import { MemorySink } from './support/memory-sink.ts';
import { where } from './contract/where.ts';

const start = 1_786_000_000;
const never = new AbortController().signal;
const fast = { timeoutSeconds: 5, requestsPerSecond: 1000, burst: 1000 };

interface Vendor {
  readonly type: string;
  readonly create: (clock: { now: () => number }, options: object) => Simulator;
  readonly options: Readonly<Record<string, unknown>>;
  readonly vendorIdOf: (number: number) => string;
  /** A path that a read cannot do without. */
  readonly path: string;
  readonly paged: boolean;
  /** So many that a list has more than one page. */
  readonly severalPages: number;
}

const vendors: readonly Vendor[] = [
  {
    type: 'tactical-rmm',
    create: (clock, options: TacticalOptions) =>
      createTacticalSimulator({ clock, timeZone: 'America/Chicago', ...options }),
    options: { apiKey: DEFAULT_API_KEY, timeZone: 'America/Chicago', tagsCustomField: 4 },
    vendorIdOf: agentId,
    path: '/agents/',
    paged: false,
    severalPages: 30,
  },
  {
    type: 'connectwise-automate',
    create: (clock, options: AutomateOptions) =>
      createAutomateSimulator({ clock, timeZone: 'Europe/Berlin', ...options }),
    options: { ...DEFAULT_ACCOUNT, timeZone: 'Europe/Berlin', pageSize: 50 },
    vendorIdOf: String,
    path: '/cwa/api/v1/Computers',
    paged: true,
    severalPages: 120,
  },
  {
    type: 'datto-rmm',
    create: (clock, options) => createDattoSimulator({ clock, ...options }),
    options: { ...DEFAULT_KEY, tagsUdf: 1 },
    vendorIdOf: (number) => uidOf('d', number),
    path: '/api/v2/account/devices',
    paged: true,
    severalPages: 300,
  },
];

/** Connector and collector against a running simulator, all on one clock that only the test and pauses move. */
async function setUp(vendor: Vendor, given: { simulator?: object; options?: object } = {}) {
  const time = { now: start };
  const clock = { now: () => time.now };
  const simulator = vendor.create(clock, { devices: 30, organizations: 3, ...given.simulator });
  const { url, close } = await simulator.listen();
  onTestFinished(close);
  const sink = new MemorySink();
  const connector = connectorTypes[vendor.type]?.create(
    { baseUrl: url, http: fast, ...vendor.options, ...given.options },
    {
      id: 'rmm',
      organizationKey: createOrganizationDirectory().forSource('rmm'),
      fetch,
      clock,
      sleep: (ms) => {
        time.now += ms / 1000;
        return Promise.resolve();
      },
      random: () => 0.5,
    },
  );
  if (connector === undefined) throw new Error(`no connector ${vendor.type}`);
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const collector = createCollector({ connector, sink, clock, log });
  const factsOf = (number: number) => sink.states.get(`rmm:${vendor.vendorIdOf(number)}`)?.facts;
  return { simulator, sink, collector, connector, time, factsOf };
}

describe.each(vendors)('$type, end to end over HTTP', (vendor) => {
  it('reads the simulated fleet whole, and nothing new the second time', async () => {
    const { simulator, sink, collector } = await setUp(vendor, { simulator: { devices: 120 } });
    expect(await collector.snapshot(never)).toMatchObject({ ok: true, devices: 120, unknownWords: {}, dropped: {} });
    expect(new Set([...sink.states.values()].map(({ facts }) => facts.organization))).toEqual(
      new Set(['organization-001', 'organization-002', 'organization-003']),
    );
    expect(await collector.snapshot(never)).toMatchObject({ ok: true, events: 0 });
    expect([...simulator.requests.keys()].filter((request) => !/^GET |token/.test(request))).toEqual([]);
  });

  it('looks one device up when it goes down', async () => {
    const { simulator, collector, factsOf } = await setUp(vendor);
    simulator.fleet.install(1, [5_041_160]);
    expect(await collector.lookup(vendor.vendorIdOf(1), never)).toMatchObject({ found: true, run: { ok: true } });
    expect(factsOf(1)).toMatchObject({ rebootPending: true, organization: 'organization-001' });
    expect(await collector.lookup(vendor.vendorIdOf(999), never)).toMatchObject({ found: false, run: { ok: true } });
  });

  it('follows an install and the reboot after it', async () => {
    const { simulator, sink, collector, time, factsOf } = await setUp(vendor);
    await collector.snapshot(never);
    time.now += 300;
    simulator.fleet.install(1, [5_041_160]);
    await collector.snapshot(never);
    expect(factsOf(1)?.rebootPending).toBe(true);
    const { perPatch } = connectorTypes[vendor.type]?.capabilities ?? {};
    const state = sink.states.get(`rmm:${vendor.vendorIdOf(1)}`);
    if (perPatch === true) {
      expect(state?.lastInstall?.patches.map(({ id }) => id)).toEqual(['KB5041160']);
      expect(start + 300 - (state?.lastInstall?.at ?? 0)).toBeLessThan(60);
    }
    time.now += 600;
    simulator.fleet.reboot(1);
    await collector.snapshot(never);
    expect(factsOf(1)).toMatchObject({ rebootPending: false, lastBootAt: start + 900 });
  });

  it.each([
    ['unauthorized', 'auth'],
    ['forbidden', 'forbidden'],
    ['rate-limited', 'rate_limited'],
    ['server-error', 'unavailable'],
    ['html', 'malformed'],
    ['truncated-json', 'malformed'],
    ['empty-fleet', 'shrunk'],
    ['half-fleet', 'shrunk'],
    ['organization-gone', 'shrunk'],
  ] as const)('changes nothing on %s', async (kind, reason) => {
    const { simulator, sink, collector } = await setUp(vendor);
    await collector.snapshot(never);
    const stored = sink.log.length;
    simulator.faults.add({
      kind,
      target: kind.includes('fleet') || kind === 'organization-gone' ? '*' : vendor.path,
      times: 'forever',
      seconds: 9999,
    });
    expect(await collector.snapshot(never)).toMatchObject({ ok: false, reason });
    expect(sink.log).toHaveLength(stored);
  });

  where(vendor.paged)('changes nothing when the pages lead in circles', async () => {
    const { simulator, sink, collector } = await setUp(vendor, { simulator: { devices: vendor.severalPages } });
    await collector.snapshot(never);
    const stored = sink.log.length;
    simulator.faults.add({ kind: 'paging-loop', target: vendor.path, times: 'forever' });
    const run = await collector.snapshot(never);
    expect(run.ok).toBe(false);
    expect(['malformed', 'filter_ignored']).toContain(run.reason);
    expect(sink.log).toHaveLength(stored);
  });

  it.each(['rate-limited', 'server-error', 'connection-cut'] as const)(
    'reads the same fleet through one %s',
    async (kind) => {
      const { simulator, sink, collector } = await setUp(vendor);
      await collector.snapshot(never);
      const stored = sink.log.length;
      simulator.faults.add({ kind, target: vendor.path, times: 1, seconds: 30 });
      expect(await collector.snapshot(never)).toMatchObject({ ok: true });
      expect(sink.log).toHaveLength(stored);
    },
  );

  it('keeps every device when names are null and words are new', async () => {
    const { simulator, sink, collector } = await setUp(vendor);
    await collector.snapshot(never);
    simulator.faults.add({ kind: 'unknown-words', times: 'forever' });
    simulator.faults.add({ kind: 'null-names', times: 'forever' });
    const run = await collector.snapshot(never);
    expect(run).toMatchObject({ ok: true, devices: 30 });
    expect(Object.keys(run.unknownWords).length).toBeGreaterThan(0);
    expect(new Set([...sink.states.values()].map(({ facts }) => facts.organization)).size).toBe(3);
  });

  it('believes no time of a vendor whose clock runs ahead', async () => {
    const { simulator, collector, factsOf } = await setUp(vendor);
    simulator.faults.add({ kind: 'clock-ahead', times: 'forever' });
    const run = await collector.snapshot(never);
    expect(run.dropped['future.last_boot']).toBe(30);
    expect(factsOf(1)?.lastBootAt).toBeUndefined();
  });

  it('stays inside the rate limit of its vendor', async () => {
    const http = { ...fast, requestsPerSecond: 5, burst: 5 };
    const rateLimit = { burst: 10, perSecond: 6 };
    const { simulator, collector } = await setUp(vendor, { simulator: { devices: 60, rateLimit }, options: { http } });
    expect(await collector.snapshot(never)).toMatchObject({ ok: true, devices: 60, dropped: {} });
    expect([...simulator.requests.values()].reduce((a, b) => a + b, 0)).toBeGreaterThan(0);
  });
});

describe('tactical-rmm', () => {
  const [vendor] = vendors;
  if (vendor === undefined) throw new Error('no vendor');

  it('is not deceived by a reboot flag that goes stale', async () => {
    const { simulator, collector, time, factsOf } = await setUp(vendor);
    simulator.fleet.install(1, [5_041_160]);
    await collector.snapshot(never);
    expect(factsOf(1)?.rebootPending).toBe(true);
    time.now += 600;
    simulator.fleet.reboot(1, true);
    expect((await collector.snapshot(never)).dropped).toEqual({ 'device.reboot_stale': 1 });
    expect(factsOf(1)?.rebootPending).toBe(false);
  });

  it('refuses agents that a filter should have left out', async () => {
    const { collector } = await setUp(vendor, { simulator: { ignoresFilters: true } });
    expect(await collector.snapshot(never)).toMatchObject({ ok: false, reason: 'filter_ignored' });
  });

  it('reads services and checks of an agent, one request each, and none of an agent that is away', async () => {
    const { simulator, connector, time } = await setUp(vendor);
    const context = { clock: { now: () => time.now }, signal: never, progress: () => undefined };
    const states = async (read: 'readServices' | 'readChecks') => {
      const reading = await connector[read]?.(vendor.vendorIdOf(1), context);
      return Object.fromEntries(
        (reading?.observed ?? []).map(({ name, state, observedAt }) => [name, [state, observedAt]]),
      );
    };
    simulator.fleet.change(1, { stopped: ['Spooler'] });
    expect(await states('readServices')).toMatchObject({ W3SVC: ['good', start], Spooler: ['bad', start] });
    expect(await states('readChecks')).toEqual({
      'Ping Check: HOST-00001': ['good', start - 1],
      'Service Check: Print Spooler': ['bad', start - 1],
      'Script Check: last backup': ['unknown', undefined],
    });
    expect([...simulator.requests.values()].reduce((a, b) => a + b, 0)).toBe(2);
    simulator.fleet.change(1, { online: false });
    await expect(states('readServices')).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('names a wrong key auth', async () => {
    const { collector } = await setUp(vendor, { options: { apiKey: 'wrong' } });
    expect(await collector.snapshot(never)).toMatchObject({ ok: false, reason: 'auth' });
  });
});

describe('connectwise-automate', () => {
  const vendor = vendors[1];
  if (vendor === undefined) throw new Error('no vendor');

  it.each(['flat', 'options'] as const)('reads a server that understands the spelling %s', async (spelling) => {
    const { sink, collector } = await setUp(vendor, { simulator: { devices: 120, spelling } });
    expect(await collector.snapshot(never)).toMatchObject({ ok: true, devices: 120, dropped: {} });
    expect(sink.states.size).toBe(120);
  });

  it('believes nothing of a server that understands no spelling', async () => {
    const { sink, collector } = await setUp(vendor, { simulator: { spelling: 'none' } });
    expect(await collector.snapshot(never)).toMatchObject({ ok: false, reason: 'filter_ignored' });
    expect(await collector.lookup('1', never)).toMatchObject({ found: false, run: { reason: 'filter_ignored' } });
    expect(sink.log).toEqual([]);
  });

  it('outlives its tokens and a restart of the server', async () => {
    const { collector, time } = await setUp(vendor, { simulator: { tokenLifetimeSeconds: 3000 } });
    for (let hour = 0; hour < 3; hour += 1) {
      time.now += 3600;
      expect(await collector.snapshot(never)).toMatchObject({ ok: true });
    }
  });

  it('names a second factor auth, though the server answers 200', async () => {
    const { collector } = await setUp(vendor, { simulator: { twoFactor: true } });
    expect(await collector.snapshot(never)).toMatchObject({ ok: false, reason: 'auth' });
  });

  it('believes no time when the configured zone is not the server’s', async () => {
    const { collector, factsOf } = await setUp(vendor, { options: { timeZone: 'Asia/Tokyo' } });
    expect((await collector.snapshot(never)).dropped).toEqual({ 'time.zone_contradicted': 1 });
    expect(factsOf(1)?.lastBootAt).toBeUndefined();
  });
});
