import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../../testbed/src/index.ts';
import { startRmm, type Rmm } from './support/rmm.ts';
import { patienceMs } from './support/scale.ts';
import { Stack } from './support/stack.ts';

/** Operators order over the API, and the RMM carries it out, or does not. Its activities never reach the exporter. */
let rmm: Rmm;
let stack: Stack;
const names = ['ordered01', 'refused01', 'unknown01', 'killed01'];
const reboot = { action: 'reboot', reason: 'KB5041160 waits for it' };

beforeAll(async () => {
  rmm = await startRmm('ninja', names);
  stack = await Stack.start({
    devices: names.map((name) => ({ name, inventoried: false })),
    controls: 3,
    sources: [rmm.source],
    organizations: [{ key: 'acme', sources: { ninja: [rmm.organizationId] } }],
  });
  rmm.follow(names.map((name) => stack.device(name)));
  // What is known of a reboot is known from its order alone.
  rmm.simulator.faults.add({ kind: 'activity-lost', target: 'START_REQUESTED', times: 'forever' });
  rmm.simulator.faults.add({ kind: 'activity-lost', target: 'STARTED', times: 'forever' });
});
afterAll(async () => {
  await stack.stop();
  await rmm.close();
});

describe('a reboot ordered over the API', () => {
  it.concurrent('takes the machine down without a page, and is read back', async () => {
    const device = stack.device('ordered01');
    expect(await stack.api().order(device, reboot)).toMatchObject({ state: 'accepted' });
    await stack.alert(device, 'PostPatchReboot');
    await stack.windowReaches(device, 'returned');
    await eventually(async () => (await stack.api().orders(device))[0]?.state === 'done', {
      timeoutMs: patienceMs,
      what: 'the order to be read back',
    });
    expect(await stack.story(device)).toEqual([]);
  });

  it.concurrent.each([
    ['refused01', 'forbidden', 'refused'],
    ['unknown01', 'server-error', 'unknown'],
  ] as const)('pages for %s, whose order was answered with %s', async (name, kind, state) => {
    const device = stack.device(name);
    const { id } = rmm.simulator.fleet.identity(names.indexOf(name));
    rmm.simulator.faults.add({ kind, target: `/device/${String(id)}/reboot/*`, times: 'forever' });
    expect(await stack.api().order(device, reboot)).toMatchObject({ state });
    await device.target.down();
    await stack.page(device, 'HostDown');
    await stack.comeBack(device);
    expect(await stack.story(device)).toEqual(['HostDown']);
    expect((await stack.api().orders(device)).map((order) => order.state)).toEqual([state]);
  });
});

describe('an exporter that is killed while an order is on its way', () => {
  it('does not know what became of it, does not send it again, and pages', async () => {
    const device = stack.device('killed01');
    const path = `/device/${String(rmm.simulator.fleet.identity(names.indexOf(device.name)).id)}/reboot/NORMAL`;
    rmm.simulator.faults.add({ kind: 'hang', target: path, times: 'forever' });
    const sent = (): number => rmm.simulator.requests.get('POST /device/{id}/reboot/NORMAL') ?? 0;
    const before = sent();
    const cutOff = stack
      .api()
      .order(device, reboot)
      .catch(() => 'no answer');
    await eventually(() => sent() > before, { timeoutMs: patienceMs, what: 'the order to reach the RMM' });
    await stack.exporters[0]?.kill();
    expect(await cutOff).toBe('no answer');
    await stack.exporters[0]?.start();
    await stack.allMatched();
    await eventually(async () => (await stack.api().orders(device))[0]?.state === 'unknown', {
      timeoutMs: patienceMs,
      what: 'the order to be told unknown',
    });
    await device.target.down();
    await stack.page(device, 'HostDown');
    await stack.comeBack(device);
    expect(await stack.story(device)).toEqual(['HostDown']);
    expect(sent()).toBe(before + 1);
  });
});
