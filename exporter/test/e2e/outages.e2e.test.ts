import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../../testbed/src/index.ts';
import { patienceMs, scaled } from './support/scale.ts';
import { Stack } from './support/stack.ts';

/** One stack, a machine or two per story; the stories run at the same time and do not touch each other. */
let stack: Stack;
beforeAll(async () => {
  stack = await Stack.start({
    devices: [
      { name: 'plain01' },
      { name: 'linux01' },
      { name: 'windows01', flavour: 'windows' },
      { name: 'stuck01', budgetSeconds: scaled.shortBudgetSeconds },
      { name: 'pending01' },
      { name: 'late01' },
      { name: 'renamed01', nodename: 'rack7-unit3' },
      { name: 'foreign01', targetOrganization: null },
      { name: 'skewed01' },
      { name: 'flapping01' },
      { name: 'web01', groups: ['web'], services: { 'nginx.service': true } },
      { name: 'cancelled01' },
      { name: 'own01' },
      { name: 'own02' },
      { name: 'forged01' },
      { name: 'forged02' },
      { name: 'srv01', organization: 'acme' },
      { name: 'srv01', organization: 'globex' },
    ],
    controls: 16,
  });
});
afterAll(() => stack.stop());

const now = (): number => Date.now() / 1000;

describe('an outage, from the machine to PagerDuty', () => {
  it.concurrent('pages and resolves when no patch explains it', async () => {
    const device = stack.device('plain01');
    await device.target.down();
    await stack.page(device, 'HostDown');
    await stack.comeBack(device);
    expect(await stack.story(device)).toEqual(['HostDown']);
  });

  it.concurrent.each(['linux01', 'windows01'])('pages nobody when %s is back from its reboot in time', async (name) => {
    const device = stack.device(name);
    await stack.reportPatchReboot(device);
    await device.target.down();
    await stack.quietLongEnough(device);
    await stack.comeBack(device);
    const window = await stack.windowReaches(device, 'returned');
    // Nothing runs there that could be checked but the boot.
    const verdict = async () => (await stack.quietWindow(device, 'returned'))?.verification?.verdict;
    await eventually(async () => (await verdict()) !== 'running', {
      timeoutMs: patienceMs,
      what: 'an end of the verification',
    });
    expect(await verdict()).toBe('not_run');
    expect(await stack.story(device)).toEqual([]);
    expect(await stack.api().quietWindows(device)).toMatchObject([{ id: window.id }]);
  });

  it.concurrent(
    'pages exactly once, at the end of the budget and with the KB, when the machine stays down',
    async () => {
      const device = stack.device('stuck01');
      await stack.reportPatchReboot(device, 'KB5041578');
      await device.target.down();
      const page = await stack.page(device, 'PostPatchRebootOverdue');
      const window = await stack.windowReaches(device, 'overdue');
      expect(page.summary).toContain('KB5041578');
      expect(page.openedAtUnixSeconds).toBeGreaterThanOrEqual(Date.parse(window.endsAt) / 1000);
      // As long again as HostDown would need: it must not follow.
      await stack.provePagesFlow();
      await stack.comeBack(device);
      expect(await stack.story(device)).toEqual(['PostPatchRebootOverdue']);
    },
  );

  it.concurrent('pages nobody when the context arrives while the alert is pending', async () => {
    const device = stack.device('pending01');
    const orderedAt = now();
    await device.target.down();
    await stack.alert(device, 'HostDown', 'pending');
    await stack.report(device, { type: 'reboot.ordered', at: orderedAt });
    await stack.quietLongEnough(device);
    await stack.comeBack(device);
    await stack.windowReaches(device, 'returned');
    expect(await stack.story(device)).toEqual([]);
  });

  it.concurrent('mutes nothing when the context arrives after the page, and the page resolves', async () => {
    const device = stack.device('late01');
    const orderedAt = now();
    await device.target.down();
    await stack.page(device, 'HostDown');
    await stack.report(device, { type: 'reboot.ordered', at: orderedAt });
    await stack.watched();
    await stack.watched();
    expect(await stack.api().ledger(device)).toContainEqual(
      expect.objectContaining({ action: 'refused', reason: 'already_firing' }),
    );
    await stack.comeBack(device);
    expect(await stack.story(device)).toEqual(['HostDown']);
    expect(await stack.api().quietWindows(device)).toEqual([]);
  });

  it.concurrent('pages when the RMM and Prometheus know the machine by different names', async () => {
    const device = stack.device('renamed01');
    await stack.reportPatchReboot(device);
    await device.target.down();
    await stack.page(device, 'HostDown');
    await stack.comeBack(device);
    expect(await stack.story(device)).toEqual(['HostDown']);
  });

  it.concurrent('pages when the target does not say which organization it belongs to', async () => {
    const device = stack.device('foreign01');
    await stack.reportPatchReboot(device);
    await device.target.down();
    await stack.page(device, 'HostDown');
    await stack.comeBack(device);
    expect(await stack.story(device)).toEqual(['HostDown']);
  });

  it.concurrent('refuses events dated ahead, and pages', async () => {
    const device = stack.device('skewed01');
    const { status, body } = await stack.api().post(device, [
      { type: 'patch.installed', at: now() + 60 },
      { type: 'reboot.ordered', at: now() + 60 },
    ]);
    expect(status).toBe(207);
    expect(body.results.map(({ reason }) => reason)).toEqual(['in_the_future', 'in_the_future']);
    await device.target.down();
    await stack.page(device, 'HostDown');
    await stack.comeBack(device);
    expect(await stack.story(device)).toEqual(['HostDown']);
  });

  it.concurrent('pages for the next outage of a machine that came back from its reboot', async () => {
    const device = stack.device('flapping01');
    await stack.reportPatchReboot(device);
    await device.target.down();
    await stack.alert(device, 'PostPatchReboot');
    await stack.comeBack(device);
    await stack.windowReaches(device, 'returned');
    // An outage that begins before Prometheus has heard of the end would page as overdue, which is sooner.
    await stack.endScraped(device);
    expect(stack.pages(device)).toEqual([]);
    await device.target.down();
    await stack.page(device, 'HostDown');
    await stack.comeBack(device);
    expect(await stack.story(device)).toEqual(['HostDown']);
  });

  it.concurrent('pages once for the service that did not come back, and resolves when it is healed', async () => {
    const device = stack.device('web01');
    await stack.reportPatchReboot(device);
    await device.target.down();
    await stack.alert(device, 'PostPatchReboot');
    device.target.setService('nginx.service', false);
    await stack.comeBack(device);
    const page = await stack.page(device, 'PostPatchHealthCheckFailed');
    expect(page.summary).toContain('nginx fails');
    await stack.provePagesFlow();
    device.target.setService('nginx.service', true);
    expect(await stack.story(device)).toEqual(['PostPatchHealthCheckFailed']);
  });

  it.concurrent('pages soon after an operator cancelled the window', async () => {
    const device = stack.device('cancelled01');
    await stack.reportPatchReboot(device);
    await device.target.down();
    await stack.alert(device, 'PostPatchReboot');
    const window = await stack.windowReaches(device, 'open');
    expect(await stack.api().cancelWindow(window.id)).toBe(200);
    const page = await stack.page(device, 'PostPatchRebootOverdue');
    expect(page.openedAtUnixSeconds).toBeLessThan(Date.parse(window.endsAt) / 1000 - scaled.budgetSeconds / 2);
    await stack.comeBack(device);
    expect(await stack.story(device)).toEqual(['PostPatchRebootOverdue']);
    expect(await stack.quietWindow(device, 'cancelled')).toMatchObject({ id: window.id });
  });

  it.concurrent("inhibits a user's own alert with patch_aware=down while the machine is quiet", async () => {
    const device = stack.device('own01');
    await stack.reportPatchReboot(device);
    await device.target.down();
    await stack.alert(device, 'UsersOwnDown');
    const inhibited = async () => {
      const alerts = (await stack.alertmanagers[0]?.alerts()) ?? [];
      const own = alerts.find(
        ({ labels }) => labels['alertname'] === 'UsersOwnDown' && labels['instance'] === device.instance,
      );
      return (own?.status.inhibitedBy.length ?? 0) > 0;
    };
    await eventually(inhibited, { timeoutMs: patienceMs, what: "the user's alert to be inhibited" });
    await stack.quietLongEnough(device);
    await stack.comeBack(device);
    await stack.windowReaches(device, 'returned');
    expect(await stack.story(device)).toEqual([]);
  });

  it.concurrent("pages a user's own alert with patch_aware=down while nothing is patched", async () => {
    const device = stack.device('own02');
    await device.target.down();
    await stack.page(device, 'UsersOwnDown');
    await stack.page(device, 'HostDown');
    await stack.comeBack(device);
    expect((await stack.story(device)).toSorted()).toEqual(['HostDown', 'UsersOwnDown']);
  });

  it.concurrent('mutes nothing on an event without a token', async () => {
    const device = stack.device('forged01');
    const forged = await stack.api().post(device, [{ type: 'reboot.ordered', at: now() }], '');
    expect(forged.status).toBe(401);
    await device.target.down();
    await stack.page(device, 'HostDown');
    await stack.comeBack(device);
    expect(await stack.story(device)).toEqual(['HostDown']);
  });

  it.concurrent('mutes nothing on an event with the token of another organization', async () => {
    const device = stack.device('forged02');
    const { globexReporter } = stack.api().tokens;
    const forged = await stack.api().post(device, [{ type: 'reboot.ordered', at: now() }], globexReporter);
    expect(forged.body.results.map(({ reason }) => reason)).toEqual(['organization_not_allowed']);
    await device.target.down();
    await stack.page(device, 'HostDown');
    await stack.comeBack(device);
    expect(await stack.story(device)).toEqual(['HostDown']);
  });

  it.concurrent('keeps quiet only the patched one of two machines with the same instance name', async () => {
    const [patched, other] = [stack.device('srv01', 'acme'), stack.device('srv01', 'globex')];
    expect(patched.instance).toBe(other.instance);
    await stack.reportPatchReboot(patched);
    await Promise.all([patched.target.down(), other.target.down()]);
    await stack.page(other, 'HostDown');
    await stack.quietLongEnough(patched);
    await Promise.all([stack.comeBack(patched), stack.comeBack(other)]);
    await stack.windowReaches(patched, 'returned');
    expect(await stack.story(other)).toEqual(['HostDown']);
    expect(stack.pages(patched)).toEqual([]);
  });

  it('leaves no incident open, and sends nothing that PagerDuty refuses', () => {
    expect(stack.pagerDuty.open()).toEqual([]);
    expect(stack.pagerDuty.refused()).toEqual([]);
  });
});
