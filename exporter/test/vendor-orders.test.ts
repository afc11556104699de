import {
  createAutomateSimulator,
  DEFAULT_ACCOUNT,
  type AutomateOptions,
} from '@patchhaven/connectwise-automate-simulator';
import { createDattoSimulator, DEFAULT_KEY, uidOf, type DattoOptions } from '@patchhaven/datto-rmm-simulator';
import {
  agentId,
  createTacticalSimulator,
  DEFAULT_API_KEY,
  type TacticalOptions,
} from '@patchhaven/tactical-rmm-simulator';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connectWiseAutomateConnector } from '../src/connectors/connectwise-automate/index.ts';
import { dattoRmmConnector } from '../src/connectors/datto-rmm/index.ts';
import { tacticalRmmConnector } from '../src/connectors/tactical-rmm/index.ts';
import type { OrderRequest } from '../src/domain/order.ts';
import { giveOrders } from './support/give-orders.ts';

const start = 1_786_000_000;
const reboot: OrderRequest = { action: 'reboot', mode: 'normal' };

describe('orders to ConnectWise Automate', () => {
  const script: OrderRequest = { action: 'script', script: '6042', arguments: ['KB=5041578'] };

  async function setUp(options: AutomateOptions = {}, given: object = {}) {
    const time = { now: start };
    const simulator = createAutomateSimulator({
      clock: { now: () => time.now },
      devices: 5,
      timeZone: 'Europe/Berlin',
      ...options,
    });
    const { url, close } = await simulator.listen();
    onTestFinished(close);
    const account = { baseUrl: url, ...DEFAULT_ACCOUNT, timeZone: 'Europe/Berlin', ...given };
    return { simulator, time, ...giveOrders(connectWiseAutomateConnector, account, '1', time) };
  }

  it.each(['flat', 'options'] as const)(
    'finds a script again without a handle, in the spelling %s',
    async (spelling) => {
      const { give, read, time } = await setUp({ spelling });
      const outcome = await give(script);
      expect(outcome).toEqual({ state: 'accepted', text: 'Automate took the script' });
      time.now += 10;
      expect(await read(script, outcome)).toBeUndefined();
      expect(await read(script, { state: 'unknown', text: '' })).toMatchObject({ state: 'accepted' });
      time.now += 60;
      expect(await read(script, outcome)).toMatchObject({ state: 'done' });
    },
  );

  it('tells why a script failed, or was not taken', async () => {
    const failing = await setUp({ scripts: 'Failure' });
    const outcome = await failing.give(script);
    failing.time.now += 60;
    expect(await failing.read(script, outcome)).toMatchObject({
      state: 'failed',
      text: expect.stringMatching(/exit 1603/),
    });
    const refusing = await setUp({ scripts: 'refused' });
    expect(await refusing.give(script)).toMatchObject({
      state: 'refused',
      text: expect.stringMatching(/excluded from scripts/),
    });
  });

  it('takes neither of two runs of a script for its own, nor one whose time it cannot read', async () => {
    const { give, read, time } = await setUp();
    const outcome = await give(script);
    await give(script);
    time.now += 60;
    expect(await read(script, outcome)).toBeUndefined();
    const zoneless = await setUp({}, { timeZone: undefined });
    const other = await zoneless.give(script);
    zoneless.time.now += 60;
    expect(await zoneless.read(script, other)).toBeUndefined();
  });

  it('lists what runs on computers', async () => {
    const { scripts } = await setUp();
    expect(await scripts()).toEqual([{ id: '6042', name: 'Remove an update' }]);
  });

  it('reboots by the command of that name, and by no other', async () => {
    const { give, read, facts, time } = await setUp();
    time.now += 100;
    const outcome = await give(reboot);
    expect(outcome).toMatchObject({ state: 'accepted', ref: '900' });
    expect(await read(reboot, outcome)).toMatchObject({ state: 'done' });
    expect((await facts())?.lastBootAt).toBe(start + 100);
    expect(await give({ ...reboot, mode: 'forced' })).toMatchObject({ state: 'refused' });
    const renamed = await setUp({}, { rebootCommand: 'Restart' });
    expect(await renamed.give(reboot)).toMatchObject({
      state: 'refused',
      text: expect.stringMatching(/named Restart/),
    });
  });

  it('has done nothing when the commands could not even be read', async () => {
    const { simulator, give } = await setUp();
    simulator.faults.add({ kind: 'server-error', target: '*/Commands', times: 'forever' });
    expect(await give(reboot)).toMatchObject({ state: 'refused' });
    simulator.faults.clear();
    simulator.faults.add({ kind: 'server-error', target: '*/CommandExecute', times: 'forever' });
    expect(await give(reboot)).toMatchObject({ state: 'unknown' });
  });

  it('reads maintenance with its end, which nobody can set over this API', async () => {
    const { simulator, facts, connector } = await setUp();
    simulator.setMaintenance(1, 90);
    expect((await facts())?.maintenance).toEqual({ start, end: start + 5400 });
    simulator.setMaintenance(1, 60 * 24 * 30);
    expect((await facts())?.maintenance).toBeUndefined();
    expect(connector.capabilities.maintenance).toBe(false);
  });
});

describe('orders to Tactical RMM', () => {
  const script: OrderRequest = { action: 'script', script: '88', arguments: ['-Kb', 'KB 5041160'] };

  async function setUp(options: TacticalOptions = {}, number = 1) {
    const time = { now: start };
    const simulator = createTacticalSimulator({ clock: { now: () => time.now }, ...options });
    const { url, close } = await simulator.listen();
    onTestFinished(close);
    const server = { baseUrl: url, apiKey: DEFAULT_API_KEY };
    return { simulator, time, ...giveOrders(tacticalRmmConnector, server, agentId(number), time) };
  }

  it('reboots, and sees by the boot that it did', async () => {
    const { give, read, time } = await setUp();
    expect(await read(reboot, { state: 'unknown', text: '' })).toBeUndefined();
    time.now += 5;
    expect(await give(reboot)).toEqual({ state: 'accepted', text: 'the agent took the reboot' });
    expect(await read(reboot, { state: 'accepted', text: '' })).toMatchObject({ state: 'done' });
  });

  it('is unknown where the agent does not answer the server, and refused for what the vendor does not know', async () => {
    const { give } = await setUp({}, 50);
    expect(await give(reboot)).toMatchObject({ state: 'unknown', text: expect.stringMatching(/400/) });
    expect(await give({ ...script, script: '89' })).toMatchObject({ state: 'refused' });
    expect(await give({ ...reboot, mode: 'forced' })).toMatchObject({ state: 'refused' });
    expect(await give({ ...script, script: 'Remove' })).toMatchObject({ state: 'refused' });
  });

  it.each([
    [0, 'done'],
    [3010, 'failed'],
  ])('tells that a script ended with %i', async (retcode, state) => {
    const { give, read, time, scripts } = await setUp({ retcode });
    expect(await scripts()).toEqual([{ id: '88', name: 'Remove an update', language: 'powershell' }]);
    const outcome = await give(script);
    time.now += 5;
    expect(await read(script, outcome)).toBeUndefined();
    expect(await read(script, { state: 'unknown', text: '' })).toMatchObject({ state: 'accepted' });
    time.now += 60;
    expect(await read(script, outcome)).toMatchObject({ state });
    await give(script);
    expect(await read(script, outcome)).toBeUndefined();
  });

  it('orders no maintenance, because there it has no end', async () => {
    const { give, connector } = await setUp();
    expect(connector.capabilities.maintenance).toBe(false);
    expect(await give({ action: 'maintenance', until: start + 60 })).toMatchObject({ state: 'refused' });
  });
});

describe('orders to Datto RMM', () => {
  const component = uidOf('a', 77);
  const script: OrderRequest = { action: 'script', script: component, arguments: ['KB=KB5041160'] };

  async function setUp(options: DattoOptions = {}) {
    const time = { now: start };
    const simulator = createDattoSimulator({ clock: { now: () => time.now }, ...options });
    const { url, close } = await simulator.listen();
    onTestFinished(close);
    return { simulator, time, ...giveOrders(dattoRmmConnector, { baseUrl: url, ...DEFAULT_KEY }, uidOf('d', 1), time) };
  }

  it.each([
    ['Success', 'done'],
    ['Warning', 'failed'],
    ['Failure', 'failed'],
    ['Expired', 'failed'],
  ] as const)('runs a component, and reads that it ended with %s', async (jobEnd, state) => {
    const { give, read, time } = await setUp({ jobEnd });
    const outcome = await give(script);
    expect(outcome).toMatchObject({ state: 'accepted', ref: uidOf('b', 1) });
    expect(await read(script, outcome)).toBeUndefined();
    time.now += 60;
    expect(await read(script, outcome)).toMatchObject({ state });
  });

  it('can be found again by nothing when no answer came', async () => {
    const { simulator, give, read } = await setUp();
    simulator.faults.add({ kind: 'truncated-json', target: '*/quickjob' });
    const outcome = await give(script);
    expect(outcome.state).toBe('unknown');
    expect(await read(script, outcome)).toBeUndefined();
  });

  it('refuses what is no component, and variables without a name', async () => {
    const { give } = await setUp();
    expect(await give(reboot)).toMatchObject({ state: 'refused' });
    expect(await give({ ...script, arguments: ['KB5041160'] })).toMatchObject({ state: 'refused' });
    expect(await give({ ...script, script: 'Remove an update' })).toMatchObject({ state: 'refused' });
  });
});

describe.each([
  {
    connector: connectWiseAutomateConnector,
    simulate: () => createAutomateSimulator(),
    options: DEFAULT_ACCOUNT,
    device: '1',
    script: '6042',
    path: '/cwa/api/v1/Batch/ScriptExecute',
  },
  {
    connector: tacticalRmmConnector,
    simulate: () => createTacticalSimulator(),
    options: { apiKey: DEFAULT_API_KEY },
    device: agentId(1),
    script: '88',
    path: `/agents/${agentId(1)}/runscript/`,
  },
  {
    connector: dattoRmmConnector,
    simulate: () => createDattoSimulator(),
    options: DEFAULT_KEY,
    device: uidOf('d', 1),
    script: uidOf('a', 77),
    path: `/api/v2/device/${uidOf('d', 1)}/quickjob`,
  },
])('an order to $connector.type', ({ connector, simulate, options, device, script, path }) => {
  const order: OrderRequest = { action: 'script', script, arguments: [] };

  it.each([
    ['forbidden', 'refused'],
    ['rate-limited', 'refused'],
    ['server-error', 'unknown'],
    ['hang', 'unknown'],
    ['html', 'unknown'],
    ['truncated-json', 'unknown'],
    ['connection-cut', 'unknown'],
  ] as const)('answered with %s is %s, was sent once, and says nothing secret', async (kind, state) => {
    const simulator = simulate();
    const { url, close } = await simulator.listen();
    onTestFinished(close);
    simulator.faults.add({ kind, target: path, times: 'forever' });
    const { give } = giveOrders(connector, { baseUrl: url, ...options }, device, { now: Date.now() / 1000 });
    const outcome = await give(order);
    expect(outcome.state).toBe(state);
    const writes = [...simulator.requests].filter(([request]) => /^(POST|PUT) (?!.*token)/.test(request));
    expect(writes.map(([, count]) => count)).toEqual([1]);
    for (const secret of Object.values(options)) expect(outcome.text).not.toContain(secret);
  });
});
