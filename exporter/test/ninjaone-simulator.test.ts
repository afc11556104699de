import { createSimulator, DEFAULT_CLIENT, type SimulatorOptions } from '@patchhaven/ninjaone-simulator';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createCollector } from '../src/collection/collector.ts';
import { connectorTypes } from '../src/connectors/registry.ts';
import { createOrganizationDirectory } from '../src/identity/organization.ts';
import { MemorySink } from './support/memory-sink.ts';

const start = 1_786_000_000;
const never = new AbortController().signal;

/** The connector and the collector against the running simulator, all on one clock that only the test moves. */
async function setUp(options: SimulatorOptions = {}, given: Record<string, unknown> = {}) {
  const time = { now: start };
  const clock = { now: () => time.now };
  const simulator = createSimulator({ clock, devices: 60, organizations: 3, tokenLifetimeSeconds: 1e6, ...options });
  const { url, close } = await simulator.listen();
  onTestFinished(close);
  const sink = new MemorySink();
  const connector = connectorTypes['ninjaone']?.create(
    {
      baseUrl: url,
      clientId: DEFAULT_CLIENT.id,
      clientSecret: DEFAULT_CLIENT.secret,
      http: { timeoutSeconds: 5, requestsPerSecond: 1000, burst: 1000 },
      ...given,
    },
    {
      id: 'ninja',
      organizationKey: createOrganizationDirectory().forSource('ninja'),
      fetch,
      clock,
      sleep: (ms) => {
        time.now += ms / 1000;
        return Promise.resolve();
      },
      random: () => 0.5,
    },
  );
  if (connector === undefined) throw new Error('no ninjaone connector');
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const collector = createCollector({ connector, sink, clock, log });
  const pass = (seconds: number): void => {
    time.now += seconds;
    simulator.tick();
  };
  const device = (index: number) => simulator.fleet.identity(index);
  const typesOf = (index: number) =>
    sink.log.filter((event) => event.device === `ninja:${String(device(index).id)}`).map(({ type }) => type);
  return { simulator, sink, collector, connector, time, pass, device, typesOf };
}

/** What the simulator holds of managed machines with an agent. */
function managed(simulator: ReturnType<typeof createSimulator>): number {
  const agents = /^(WINDOWS|LINUX)_(SERVER|WORKSTATION)$|^MAC$/;
  let count = 0;
  for (let index = 0; index < simulator.fleet.size; index += 1) {
    const { platform } = simulator.fleet.identity(index);
    if (agents.test(platform.nodeClass)) count += 1;
  }
  return count;
}

describe('NinjaOne, end to end over HTTP', () => {
  it('reads the simulated fleet completely and says nothing the vendor warns about', async () => {
    const { simulator, sink, collector } = await setUp({ devices: 620 });
    const run = await collector.snapshot(never);
    expect(run).toMatchObject({ ok: true, unknownWords: {}, dropped: {} });
    // One device in 200 is not approved yet and stays out.
    expect(run.devices).toBeLessThanOrEqual(managed(simulator));
    expect(run.devices).toBeGreaterThan(managed(simulator) * 0.98);
    expect(new Set([...sink.states.values()].map(({ facts }) => facts.organization)).size).toBe(3);
    expect(simulator.warnings).toEqual([]);
    const second = await collector.snapshot(never);
    expect(second).toMatchObject({ ok: true, events: 0 });
  });

  it('follows a patch night: started, installed, rebooted', async () => {
    const { simulator, collector, pass, typesOf, device, sink } = await setUp({ timings: { downSeconds: 240 } });
    await collector.snapshot(never);
    await collector.events(never);
    simulator.machines.patchNight(device(0), { variant: 'planned', kbs: ['KB5041160'], atUnixSeconds: start + 60 });
    for (let i = 0; i < 40; i += 1) {
      pass(30);
      expect(await collector.events(never)).toMatchObject({ ok: true });
    }
    expect(typesOf(0).filter((type) => type !== 'device.observed')).toEqual([
      'patch.install.started',
      'patch.installed',
      'patch.install.completed',
      'reboot.ordered',
      'reboot.started',
      'reboot.completed',
    ]);
    const state = sink.states.get(`ninja:${String(device(0).id)}`);
    expect(state?.lastInstall?.patches.map(({ id }) => id)).toEqual(['KB5041160']);
  });

  it('finds the evidence by a lookup when the events are missing and the device is down', async () => {
    const { simulator, collector, pass, device, sink } = await setUp();
    await collector.snapshot(never);
    simulator.machines.patchNight(device(0), { variant: 'no-events', kbs: ['KB5041160'], atUnixSeconds: start + 60 });
    for (let i = 0; i < 10; i += 1) pass(30);
    const id = String(device(0).id);
    expect(await collector.lookup(id, never)).toMatchObject({ found: true, run: { ok: true } });
    const state = sink.states.get(`ninja:${id}`);
    expect(state?.lastInstall?.patches.map((patch) => patch.id)).toEqual(['KB5041160']);
    expect(state?.facts.rebootPending).toBe(true);
  });

  it('reads the services of one device with the time of the report, which stands still while it is down', async () => {
    const { simulator, connector, pass, time } = await setUp();
    const index = Array.from({ length: simulator.fleet.size }, (_, i) => i).find((i) =>
      simulator.machines.setService(simulator.fleet.identity(i), 'W3SVC', 'STOPPED'),
    );
    const machine = simulator.fleet.identity(index ?? 0);
    const context = { clock: { now: () => time.now }, signal: never, progress: () => undefined };
    const read = async () => {
      const reading = await connector.readServices?.(String(machine.id), context);
      expect(reading).toMatchObject({ dropped: {}, unknownWords: {} });
      return reading?.observed ?? [];
    };
    expect(await read()).toContainEqual(expect.objectContaining({ name: 'W3SVC', state: 'bad', automatic: true }));
    simulator.machines.goOffline(machine);
    const before = await read();
    pass(600);
    expect(await read()).toEqual(before);
    expect(before.every(({ observedAt = 0 }) => observedAt > 0 && observedAt <= start)).toBe(true);
    // Three readings: each a page and the empty one behind it.
    expect(simulator.requests.get('GET /queries/windows-services')).toBe(6);
    expect(simulator.warnings).toEqual([]);
  });

  it('calls what it cannot know about an offline device unknown', async () => {
    const { simulator, collector, device, sink } = await setUp();
    simulator.machines.goOffline(device(0));
    await collector.snapshot(never);
    expect(sink.states.get(`ninja:${String(device(0).id)}`)?.facts.patches).toBeUndefined();
  });

  it('takes a device of the feed it has never seen by one lookup', async () => {
    const { simulator, collector, pass, device, typesOf } = await setUp();
    await collector.events(never);
    pass(10);
    simulator.machines.reboot(device(0));
    pass(60);
    await collector.events(never);
    expect(typesOf(0)[0]).toBe('device.observed');
    expect(typesOf(0)).toContain('reboot.ordered');
  });

  it.each([
    ['unauthorized', '/queries/os-patches', 'forever', 'auth'],
    ['forbidden', '/devices-detailed', 'forever', 'forbidden'],
    ['rate-limited', '/devices-detailed', 'forever', 'rate_limited'],
    ['server-error', '/queries/os-patch-installs', 'forever', 'unavailable'],
    ['html', '/queries/device-health', 1, 'malformed'],
    ['truncated-json', '/queries/os-patches', 1, 'malformed'],
    ['paging-loop', '/queries/os-patches', 'forever', 'malformed'],
    ['paging-loop', '/devices-detailed', 'forever', 'malformed'],
    ['empty-fleet', '/devices-detailed', 'forever', 'shrunk'],
  ] as const)('changes nothing on %s at %s', async (kind, target, times, reason) => {
    const { simulator, sink, collector } = await setUp({ devices: 620 });
    await collector.snapshot(never);
    const stored = sink.log.length;
    simulator.faults.add({ kind, target, times });
    expect(await collector.snapshot(never)).toMatchObject({ ok: false, reason });
    expect(sink.log).toHaveLength(stored);
    simulator.faults.clear();
    sink.runs.length = 0;
  });

  it.each([
    ['rate-limited', '/devices-detailed', 2],
    ['server-error', '/queries/os-patches', 2],
    ['connection-cut', '/queries/os-patches', 1],
    ['unauthorized', '/organizations', 1],
    ['bare-cursor', '*', 'forever'],
    ['inclusive-after', '*', 'forever'],
    ['duplicate-rows', '*', 'forever'],
    ['milliseconds', '*', 'forever'],
  ] as const)('reads the same fleet through %s at %s', async (kind, target, times) => {
    const { simulator, sink, collector } = await setUp({ devices: 620 });
    await collector.snapshot(never);
    const stored = sink.log.length;
    simulator.faults.add({ kind, target, times });
    expect(await collector.snapshot(never)).toMatchObject({ ok: true });
    expect(sink.log).toHaveLength(stored);
  });

  it('keeps every device when names, lists and words turn strange', async () => {
    for (const kind of ['null-names', 'null-lists', 'unknown-enums'] as const) {
      const { simulator, collector, sink } = await setUp();
      const whole = await collector.snapshot(never);
      simulator.faults.add({ kind, target: '*', times: 'forever' });
      const strange = await collector.snapshot(never);
      expect(strange.ok).toBe(true);
      expect(strange.devices).toBeGreaterThanOrEqual(whole.devices ?? 0);
      const organizations = new Set([...sink.states.values()].map(({ facts }) => facts.organization));
      expect(organizations.size).toBe(3);
    }
  });

  it.each(['activity-hidden', 'activity-duplicated', 'activity-out-of-order', 'activity-late'] as const)(
    'misses nothing and stores nothing twice under %s',
    async (kind) => {
      const { simulator, collector, pass, device, typesOf } = await setUp();
      await collector.snapshot(never);
      await collector.events(never);
      simulator.faults.add({ kind, target: 'PATCH_MANAGEMENT_INSTALLED', times: 1, seconds: 90 });
      simulator.machines.patchNight(device(0), { variant: 'planned', kbs: ['KB5041160'], atUnixSeconds: start + 60 });
      for (let i = 0; i < 40; i += 1) {
        pass(30);
        await collector.events(never);
      }
      expect(new Set(typesOf(0)).has('patch.installed')).toBe(true);
      expect(typesOf(0).filter((type) => type === 'reboot.completed')).toHaveLength(1);
    },
  );

  it('refuses events of a vendor whose clock runs ahead, and counts them', async () => {
    const { simulator, collector, pass, device, typesOf } = await setUp();
    await collector.snapshot(never);
    await collector.events(never);
    simulator.faults.add({ kind: 'clock-skew', target: '*', times: 'forever', seconds: 3600 });
    simulator.machines.reboot(device(0));
    pass(30);
    const run = await collector.events(never);
    expect(run.dropped['future.event']).toBeGreaterThan(0);
    expect(typesOf(0).filter((type) => type.startsWith('reboot'))).toEqual([]);
  });

  it('times out on a vendor that hangs', async () => {
    const { simulator, collector } = await setUp({}, { http: { timeoutSeconds: 0.05 } });
    simulator.faults.add({ kind: 'hang', target: '/devices-detailed', times: 'forever' });
    expect(await collector.snapshot(never)).toMatchObject({ ok: false, reason: 'timeout' });
  });

  it('sends nothing but reads', async () => {
    const { simulator, collector, device } = await setUp();
    await collector.snapshot(never);
    await collector.events(never);
    await collector.lookup(String(device(0).id), never);
    expect([...simulator.requests.keys()].filter((request) => !request.startsWith('GET '))).toEqual([]);
  });
});
