import {
  createAutomateSimulator,
  DEFAULT_ACCOUNT,
  type AutomateOptions,
} from '@patchhaven/connectwise-automate-simulator';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connectWiseAutomateConnector } from '../src/connectors/connectwise-automate/index.ts';
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
