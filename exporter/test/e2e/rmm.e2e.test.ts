import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../../testbed/src/index.ts';
import { startRmm, type Rmm } from './support/rmm.ts';
import { patienceMs, scaled } from './support/scale.ts';
import { Stack } from './support/stack.ts';

/** Nobody posts anything: all the exporter knows, it reads from NinjaOne. One RMM works, the other will fail. */
let working: Rmm;
let failing: Rmm;
let stack: Stack;
const names = { working: ['planned01', 'stuck01', 'unheard01', 'proved01', 'sick01'], failing: ['stale01'] };

beforeAll(async () => {
  [working, failing] = await Promise.all([startRmm('ninja', names.working), startRmm('failing', names.failing)]);
  stack = await Stack.start({
    devices: [...names.working, ...names.failing].map((name) => ({
      name,
      inventoried: false,
      ...(name === 'stuck01' ? { budgetSeconds: scaled.shortBudgetSeconds } : {}),
    })),
    controls: 8,
    sources: [working.source, failing.source],
    organizations: [{ key: 'acme', sources: { ninja: [working.organizationId], failing: [failing.organizationId] } }],
  });
  working.follow(names.working.map((name) => stack.device(name)));
  failing.follow(names.failing.map((name) => stack.device(name)));
});
afterAll(async () => {
  await stack.stop();
  await Promise.all([working.close(), failing.close()]);
});

describe('a patch night that only the RMM knows of', () => {
  it.concurrent('pages nobody when the machine comes back in time', async () => {
    const device = stack.device('planned01');
    working.patchNight(device, 'planned');
    await stack.alert(device, 'PostPatchReboot');
    await stack.windowReaches(device, 'returned');
    expect(await stack.story(device)).toEqual([]);
  });

  it.concurrent('pages once, with the KB, when the machine stays down', async () => {
    const device = stack.device('stuck01');
    working.patchNight(device, 'stuck', 'KB5039217');
    const page = await stack.page(device, 'PostPatchRebootOverdue');
    expect(page.summary).toContain('KB5039217');
    await stack.provePagesFlow();
    await stack.comeBack(device);
    expect(await stack.story(device)).toEqual(['PostPatchRebootOverdue']);
  });

  it.concurrent('pages nobody when only a look at the machine itself tells of the install', async () => {
    const device = stack.device('unheard01');
    working.patchNight(device, 'no-events');
    await stack.alert(device, 'PostPatchReboot');
    await stack.windowReaches(device, 'returned');
    expect(await stack.story(device)).toEqual([]);
    expect([...working.simulator.requests.keys()]).toContain('GET /device/{id}/os-patch-installs');
  });

  it.concurrent('calls a machine well by the word of the RMM, where Prometheus knows no service of it', async () => {
    const device = stack.device('proved01');
    working.patchNight(device, 'planned');
    await stack.windowReaches(device, 'returned');
    const verification = async () => (await stack.quietWindow(device, 'returned'))?.verification;
    await eventually(async () => (await verification())?.verdict === 'passed', {
      timeoutMs: patienceMs,
      what: 'the RMM to say that the spooler runs',
    });
    const spooler = (await verification())?.checks.find(({ check }) => check === 'spooler');
    expect(spooler?.detail).toContain('ninja: Spooler is running, seen at');
    expect(await stack.story(device)).toEqual([]);
  });

  it.concurrent('pages for a service that the RMM sees stopped, and resolves when it sees it run', async () => {
    const device = stack.device('sick01');
    working.setService(device, 'Spooler', 'STOPPED');
    working.patchNight(device, 'planned');
    const page = await stack.page(device, 'PostPatchHealthCheckFailed');
    expect(page.summary).toContain('spooler fails');
    working.setService(device, 'Spooler', 'RUNNING');
    expect(await stack.story(device)).toEqual(['PostPatchHealthCheckFailed']);
  });

  it.concurrent('pages when the RMM has not answered for three polls', async () => {
    const device = stack.device('stale01');
    failing.patchNight(device, 'never-rebooted');
    const decides = (action: string, reason?: string) =>
      eventually(
        async () => {
          const decision = await stack.api().decision(device);
          return decision.action === action && (reason === undefined || decision.reason === reason);
        },
        { timeoutMs: patienceMs, what: `the decision ${action} ${reason ?? ''}` },
      );
    await decides('open');
    failing.simulator.faults.add({ kind: 'server-error', target: '*', times: 'forever' });
    await decides('refuse', 'source_stale');
    await device.target.down();
    await stack.page(device, 'HostDown');
    await stack.comeBack(device);
    expect(await stack.story(device)).toEqual(['HostDown']);
  });

  it('leaves no incident open, and sends nothing that PagerDuty refuses', () => {
    expect(stack.pagerDuty.open()).toEqual([]);
    expect(stack.pagerDuty.refused()).toEqual([]);
    expect([...working.simulator.warnings, ...failing.simulator.warnings]).toEqual([]);
  });
});
