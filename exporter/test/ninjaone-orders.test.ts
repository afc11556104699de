import { createSimulator, DEFAULT_CLIENT, type SimulatorOptions } from '@patchhaven/ninjaone-simulator';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ninjaOneConnector } from '../src/connectors/ninjaone/index.ts';
import type { OrderRequest } from '../src/domain/order.ts';
import { giveOrders } from './support/give-orders.ts';

const start = 1_786_000_000;
const reboot: OrderRequest = { action: 'reboot', mode: 'normal' };
const script: OrderRequest = { action: 'script', script: '418', arguments: ['-Kb', 'KB5041160'] };

/** The connector against the running simulator; both go by one clock that only the test moves. */
async function setUp(options: SimulatorOptions = {}, takesOrders = true) {
  const time = { now: start };
  const clock = { now: () => time.now };
  const simulator = createSimulator({
    clock,
    named: [{ systemName: 'PH-SQL01' }],
    devices: 3,
    organizations: 1,
    historyActivities: 0,
    tokenLifetimeSeconds: 1e6,
    ...options,
  });
  const { url, close } = await simulator.listen();
  onTestFinished(close);
  const client = { baseUrl: url, clientId: DEFAULT_CLIENT.id, clientSecret: DEFAULT_CLIENT.secret };
  const { give, read, scripts, facts } = giveOrders(ninjaOneConnector, client, '1001', time, takesOrders);
  return {
    simulator,
    give,
    read,
    scripts,
    device: facts,
    asked: (what: string) => simulator.requests.get(what) ?? 0,
    pass: (seconds: number) => {
      time.now += seconds;
      simulator.tick();
    },
  };
}

describe('a reboot ordered from NinjaOne', () => {
  it('takes the machine down, and is read back when it is up again', async () => {
    const { give, read, device, pass } = await setUp({ timings: { downSeconds: 240 } });
    const outcome = await give(reboot);
    expect(outcome.state).toBe('accepted');
    pass(20);
    expect(await read(reboot, outcome)).toBeUndefined();
    expect(await read(reboot, { state: 'unknown', text: 'no answer' })).toMatchObject({ state: 'accepted' });
    pass(300);
    expect(await read(reboot, outcome)).toMatchObject({ state: 'done' });
    expect((await device())?.lastBootAt).toBeGreaterThan(start);
  });

  it.each([
    ['unauthorized', 2, 'refused', /credentials/],
    ['forbidden', 1, 'refused', /403/],
    ['rate-limited', 1, 'refused', /429/],
    ['server-error', 1, 'unknown', /503.*may have been carried out/],
    ['hang', 1, 'unknown', /no answer within 500 ms.*may have been carried out/],
    ['html', 1, 'unknown', /may have been carried out/],
  ] as const)('%s: is %s, and sent no more than %i times', async (kind, times, state, words) => {
    const { simulator, give, asked } = await setUp();
    simulator.faults.add({ kind, target: '/device/*/reboot/*', times: 'forever' });
    const outcome = await give(reboot);
    expect(outcome.state).toBe(state);
    expect(outcome.text).toMatch(words);
    expect(asked('POST /device/{id}/reboot/NORMAL')).toBe(times);
  });

  it('is refused, and not unknown, when there was not even a token to send it with', async () => {
    const { simulator, give, asked } = await setUp();
    simulator.faults.add({ kind: 'server-error', target: '/oauth/token', times: 'forever' });
    expect(await give(reboot)).toMatchObject({ state: 'refused' });
    expect(asked('POST /device/{id}/reboot/NORMAL')).toBe(0);
  });

  it('needs the scope that only a source which takes orders asks for', async () => {
    const clients = [{ ...DEFAULT_CLIENT, scopes: ['monitoring'] as const }];
    const { give } = await setUp({ clients });
    expect(await give(reboot)).toMatchObject({ state: 'refused' });
    const reading = await setUp({ clients }, false);
    expect(await reading.device()).toBeDefined();
  });
});

describe('a script ordered from NinjaOne', () => {
  it.each(['empty', 'number', 'uuid', 'activity-id', 'id', 'job-uid'] as const)(
    'is found again when the reply is of the form %s',
    async (scriptReply) => {
      const { give, read } = await setUp({ scriptReply });
      const outcome = await give(script);
      expect(outcome.state).toBe('accepted');
      expect(await read(script, outcome)).toMatchObject({ state: 'done' });
    },
  );

  it('is told to have failed', async () => {
    const { give, read } = await setUp({ onScript: () => 'FAILURE' });
    expect(await read(script, await give(script))).toMatchObject({ state: 'failed' });
  });

  it('can be a built-in action, and every one that can be run is listed', async () => {
    const { give, scripts } = await setUp();
    const listed = await scripts();
    expect(listed).toContainEqual({ id: '418', name: 'Remove an update', language: 'powershell' });
    for (const { id } of listed)
      expect((await give({ action: 'script', script: id, arguments: [] })).state).toBe('accepted');
  });

  it('is not sent with an argument that would be torn apart, or under a name that is none', async () => {
    const { give, asked } = await setUp();
    expect(await give({ ...script, arguments: ['a b'] })).toMatchObject({ state: 'refused' });
    expect(await give({ ...script, script: 'Remove an update' })).toMatchObject({ state: 'refused' });
    expect(asked('POST /device/{id}/script/run')).toBe(0);
  });
});

describe('maintenance ordered from NinjaOne', () => {
  const until = start + 3600;
  const maintenance: OrderRequest = { action: 'maintenance', until };

  it('counts with the end that was read back, and is ended', async () => {
    const { give, device } = await setUp();
    expect(await give(maintenance)).toMatchObject({ state: 'done', until });
    expect((await device())?.maintenance).toEqual({ start, end: until, reason: 'patch night' });
    expect(await give({ action: 'maintenance_end' })).toMatchObject({ state: 'done' });
    expect((await device())?.maintenance).toBeUndefined();
  });

  it('fails when the vendor made another time of it', async () => {
    const { simulator, give } = await setUp();
    simulator.faults.add({ kind: 'maintenance-shifted', target: '/device/*/maintenance', seconds: 7200 });
    const outcome = await give(maintenance);
    expect(outcome.state).toBe('failed');
    expect(outcome.text).toContain(new Date((until + 7200) * 1000).toISOString());
  });

  it('is only accepted while it cannot be read back', async () => {
    const { simulator, give, read } = await setUp();
    simulator.faults.add({ kind: 'server-error', target: '/device/1001', times: 8 });
    const outcome = await give(maintenance);
    expect(outcome.state).toBe('accepted');
    simulator.faults.clear();
    expect(await read(maintenance, outcome)).toMatchObject({ state: 'done', until });
  });
});
