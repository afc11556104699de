import { eventually } from '../../../testbed/src/index.ts';
import { inProduction, scaled } from '../scale.ts';
import { startNarrator, tellExplanation } from '../timeline/narrator.ts';
import type { Timeline } from '../timeline/timeline.ts';
import type { WindowLine } from '../world/exporter-api.ts';
import { hosts, instanceOf, type Host } from '../world/hosts.ts';
import type { Stack } from '../world/stack.ts';
import { pagesOf } from './pages.ts';
import { judgeOnePage, judgeSilence, type Verdict } from './verdict.ts';

/** When machines last stopped and started to answer, epoch seconds. */
export interface Presence {
  downAt(host: Host): number;
  upAt(host: Host): number;
}

const update = 'KB5041160';
const linuxUpdate = 'openssl 3.0.15-1';

/** Scrapes, evaluations and two busy cores: how much later than planned a page may come. */
const slackSeconds = 12;
const stepMs = 60_000;

/** Plays the night and judges it. Throws when something does not happen at all; what happens wrongly is in the rows. */
export async function playStory(stack: Stack, timeline: Timeline, presence: Presence): Promise<Verdict[]> {
  const { machines, pagerDuty, api, exporter } = stack;
  const narrator = startNarrator(stack, timeline);
  const { web, db, mail, app, file, cache } = hosts;

  const until = <T>(what: string, probe: () => T | Promise<T>, timeoutMs = stepMs) =>
    eventually(probe, { what, timeoutMs, intervalMs: 100 });
  const paged = (host: Host, timeoutMs?: number) =>
    until(`the page for ${host.name}`, () => pagesOf(pagerDuty, host).length > 0, timeoutMs);
  const explain = (host: Host) => tellExplanation(api, timeline, host.name);
  const windowOf = async (host: Host): Promise<WindowLine | undefined> =>
    (await api.quietWindows()).find(({ instance }) => instance === instanceOf(host));
  const quiet = (host: Host) =>
    until(`the quiet window of ${host.name}`, async () => {
      const window = await windowOf(host);
      return window?.open === true ? window : undefined;
    });
  const muted = (host: Host) =>
    until(`PostPatchReboot of ${host.name} in Prometheus`, async () =>
      (await stack.prometheus.alerts()).some(
        ({ labels }) => labels['alertname'] === 'PostPatchReboot' && labels['instance'] === instanceOf(host),
      ),
    );
  const verified = (host: Host) =>
    until(`${host.name} to pass its checks`, async () => (await windowOf(host))?.verification?.verdict === 'passed');

  timeline.chapter('Patch night: web-01 and db-01 get an update and reboot');
  machines.patch(web, { update, comesBack: true });
  machines.patch(db, { update, comesBack: false });
  await Promise.all([quiet(web), quiet(db)]);
  await explain(web);
  await explain(db);

  timeline.chapter('mail-01 goes away, and nothing explains it');
  await explain(mail);
  machines.pullThePlug(mail);
  await paged(mail);
  machines.powerOn(mail);
  await verified(web);

  timeline.chapter('app-01 is patched and comes back, but nginx does not start');
  machines.breakService(app);
  machines.patch(app, { update: linuxUpdate, comesBack: false });
  await quiet(app);
  await muted(app);
  await explain(app);
  machines.powerOn(app);

  // file-01 begins its reboot meanwhile, so that it lies in the middle of it when the exporter dies.
  machines.patch(file, { update, comesBack: false });
  const before = await quiet(file);
  await muted(file);
  await explain(file);
  await paged(app);
  machines.repairService(app);
  timeline.line(app.name, 'up', 'somebody starts nginx');
  await verified(app);

  timeline.chapter('kill -9: the exporter dies while file-01 reboots, and cache-01 fails meanwhile');
  await explain(cache);
  await exporter.kill();
  timeline.line('exporter', 'kill', 'killed with SIGKILL; file-01 is down and quiet');
  machines.pullThePlug(cache);
  await paged(cache);
  const diedUntil = Date.now() / 1000;
  await exporter.start();
  timeline.line('exporter', 'exporter', 'runs again, with everything it had stored');
  const after = await until('the window of file-01 after the restart', () => windowOf(file));
  machines.powerOn(cache);
  machines.powerOn(file);
  await verified(file);

  timeline.chapter(`db-01 is still away: its budget of ${inProduction(scaled.budgetSeconds)} runs out`);
  await paged(db, 90_000);
  timeline.line(db.name, 'up', 'somebody presses the power button');
  machines.powerOn(db);
  await until('every incident to be resolved', () => pagerDuty.open().length === 0);
  await narrator.stop();

  const page = (host: Host) => pagesOf(pagerDuty, host);
  const wentDown = (host: Host) => ({ what: 'outage', atUnixSeconds: presence.downAt(host) });
  const atOnce = {
    min: scaled.downForSeconds,
    max: scaled.downForSeconds + scaled.groupWaitSeconds + slackSeconds,
  };
  const everyPage = pagerDuty.incidents().length;
  return [
    judgeSilence({ story: 'web-01: planned reboot', expected: 'no page' }, page(web), {
      holds: true,
      seen: 'back and healthy',
    }),
    judgeOnePage(
      {
        story: 'db-01: stuck reboot',
        expected: `page at ${String(scaled.budgetSeconds)} s, naming ${update}`,
        alert: 'PostPatchRebootOverdue',
        since: wentDown(db),
        delaySeconds: { min: scaled.budgetSeconds, max: scaled.budgetSeconds + scaled.groupWaitSeconds + slackSeconds },
        names: update,
      },
      page(db),
    ),
    judgeOnePage(
      {
        story: 'mail-01: unexplained outage',
        expected: `page at once (after ${String(scaled.downForSeconds)} s)`,
        alert: 'HostDown',
        since: wentDown(mail),
        delaySeconds: atOnce,
      },
      page(mail),
    ),
    judgeOnePage(
      {
        story: 'app-01: back, service dead',
        expected: `page after ${String(scaled.settleSeconds)} s, naming nginx`,
        alert: 'PostPatchHealthCheckFailed',
        since: { what: 'return', atUnixSeconds: presence.upAt(app) },
        delaySeconds: { min: scaled.settleSeconds, max: scaled.settleSeconds + scaled.groupWaitSeconds + slackSeconds },
        names: 'nginx',
      },
      page(app),
    ),
    judgeSilence({ story: 'file-01: exporter killed', expected: 'no page, window unchanged' }, page(file), {
      holds: after.endsAt === before.endsAt && after.id === before.id,
      seen: after.endsAt === before.endsAt ? 'window ends where it did' : 'its end has moved',
    }),
    judgeOnePage(
      {
        story: 'cache-01: no exporter alive',
        expected: 'page at once, as if it lived',
        alert: 'HostDown',
        since: wentDown(cache),
        delaySeconds: { ...atOnce, max: Math.min(atOnce.max, diedUntil - presence.downAt(cache)) },
      },
      page(cache),
    ),
    {
      story: 'all in all',
      expected: '4 pages, none left open',
      seen: `${String(everyPage)} pages, ${String(pagerDuty.open().length)} open, ${String(pagerDuty.refused().length)} refused`,
      holds: everyPage === 4 && pagerDuty.open().length === 0 && pagerDuty.refused().length === 0,
    },
  ];
}
