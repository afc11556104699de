import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  eventually,
  startAlertmanager,
  startSink,
  type Alertmanager,
  type Labels,
  type Sink,
} from './alertmanager-process.ts';
import type { EventV2 } from './events-v2.ts';

let alertmanager: Alertmanager;
let sink: Sink;
beforeAll(async () => {
  sink = await startSink();
  alertmanager = await startAlertmanager(sink.url);
});
afterAll(async () => {
  await alertmanager.stop();
  sink.close();
});

const overdue: Labels = {
  alertname: 'PostPatchRebootOverdue',
  severity: 'critical',
  patch_state: 'overdue',
  organization: 'acme',
  instance: 'web01:9100',
};
const annotations: Labels = {
  summary: 'web01:9100 is still down after its patch reboot',
  description: 'web01:9100 (acme) went down after installing KB5041578 and was expected back.',
  patches: 'KB5041578, KB5040434',
  since: '2026-08-11 13:05:00 +0000 UTC',
  budget: '30m 0s',
  runbook_url: 'https://runbooks.example.com/PostPatchRebootOverdue.md',
  dashboard_url: 'https://grafana.example.com/a/patchhaven-fleet-app/device?organization=acme&instance=web01%3A9100',
  explain_url: 'https://grafana.example.com/a/patchhaven-fleet-app/device?instance=web01%3A9100&tab=explain',
};

async function event(action: EventV2['event_action'], text: string): Promise<EventV2> {
  return eventually(`PagerDuty receives ${action} for ${text}`, () =>
    Promise.resolve(sink.events.find((seen) => seen.event_action === action && JSON.stringify(seen).includes(text))),
  );
}

describe('delivery to PagerDuty', () => {
  it('sends one valid trigger that names the patches, and the resolve under the same key', async () => {
    await alertmanager.post([{ labels: overdue, annotations }]);
    const trigger = await event('trigger', 'web01:9100');
    expect(trigger).toMatchObject({
      client_url: annotations['dashboard_url'],
      payload: {
        summary: 'web01:9100 is still down after its patch reboot [acme]: KB5041578, KB5040434',
        source: 'web01:9100',
        severity: 'critical',
        class: 'PostPatchRebootOverdue',
        group: 'acme',
        custom_details: {
          patches: 'KB5041578, KB5040434',
          silent_since: '2026-08-11 13:05:00 +0000 UTC',
          budget: '30m 0s',
          explain: annotations['explain_url'],
        },
      },
    });
    await alertmanager.post([{ labels: overdue, annotations, endsAt: new Date(Date.now() - 1000).toISOString() }]);
    const resolve = await event('resolve', trigger.dedup_key);
    expect(resolve.dedup_key).toBe(trigger.dedup_key);
    expect(
      sink.events.filter((seen) => seen.dedup_key === trigger.dedup_key && seen.event_action === 'trigger'),
    ).toHaveLength(1);
    expect(sink.refused).toEqual([]);
  });

  it('pages each device under its own key, and the same instance of two organizations apart', async () => {
    const labels = { ...overdue, alertname: 'HostDown' };
    await alertmanager.post([
      { labels: { ...labels, instance: 'srv01:9100', organization: 'acme' } },
      { labels: { ...labels, instance: 'srv01:9100', organization: 'globex' } },
      { labels: { ...labels, instance: 'srv02:9100', organization: 'acme' } },
    ]);
    const mine = () => sink.events.filter((seen) => /srv0\d/.test(JSON.stringify(seen.payload)));
    await eventually('three pages', () => Promise.resolve(mine().length >= 3 ? true : undefined));
    expect(new Set(mine().map((seen) => seen.dedup_key)).size).toBe(3);
  });

  it('says how many checks fail when a device has several', async () => {
    const labels = {
      alertname: 'PostPatchHealthCheckFailed',
      severity: 'critical',
      organization: 'acme',
      instance: 'web02:9182',
    };
    await alertmanager.post([
      {
        labels: { ...labels, check: 'iis' },
        annotations: { summary: 'iis fails', description: 'iis.', patches: 'KB1' },
      },
      {
        labels: { ...labels, check: 'mssql' },
        annotations: { summary: 'mssql fails', description: 'mssql.', patches: 'KB1' },
      },
    ]);
    const page = await event('trigger', 'web02:9182');
    expect(page).toMatchObject({
      payload: { summary: 'PostPatchHealthCheckFailed: 2 alerts on web02:9182 [acme]: KB1' },
    });
  });

  it('cuts a summary that is longer than PagerDuty takes', async () => {
    const labels = { ...overdue, instance: 'long:9100' };
    await alertmanager.post([{ labels, annotations: { ...annotations, summary: `long ${'ä'.repeat(2000)}` } }]);
    await event('trigger', 'long:9100');
    expect(sink.refused).toEqual([]);
  });

  it('sends nothing for states, and warnings to chat and not to PagerDuty', async () => {
    const at = { organization: 'acme', instance: 'calm:9100' };
    await alertmanager.post([
      { labels: { alertname: 'PostPatchReboot', severity: 'info', ...at } },
      { labels: { alertname: 'PatchAwareInhibitor', severity: 'info', ...at } },
      {
        labels: { alertname: 'PatchInstallFailed', severity: 'warning', ...at },
        annotations: { summary: 'Patches failed' },
      },
    ]);
    await eventually('the warning reaches chat', () =>
      Promise.resolve(sink.chatTitles.includes('Patches failed [acme]') ? true : undefined),
    );
    expect(sink.events.filter((seen) => JSON.stringify(seen).includes('calm:9100'))).toEqual([]);
    expect(sink.chatTitles).toEqual(['Patches failed [acme]']);
  });
});

describe('routes', () => {
  const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  const route = (labels: Labels) =>
    execFileSync(
      'amtool',
      [
        'config',
        'routes',
        'test',
        `--config.file=${file('../alertmanager/alertmanager.yml')}`,
        ...Object.entries(labels).map(([name, value]) => `${name}=${value}`),
      ],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    )
      .toString('utf8')
      .trim();

  it.each([
    [{ alertname: 'HostDown', severity: 'critical', instance: 'a' }, 'pagerduty'],
    [{ alertname: 'PostPatchRebootOverdue', severity: 'critical', instance: 'a' }, 'pagerduty'],
    [{ alertname: 'PostPatchHealthCheckFailed', severity: 'critical', instance: 'a' }, 'pagerduty'],
    [{ alertname: 'UsersOwnWithoutInstance', severity: 'critical' }, 'pagerduty'],
    [{ alertname: 'PostPatchReboot', severity: 'info', instance: 'a' }, 'null'],
    [{ alertname: 'PatchAwareInhibitor', severity: 'info', instance: 'a' }, 'null'],
    [{ alertname: 'PatchMaintenanceWindow', severity: 'info', instance: 'a' }, 'null'],
    [{ alertname: 'PatchhavenDown', severity: 'warning' }, 'slack'],
    [{ alertname: 'SomethingWithoutSeverity' }, 'slack'],
    [{ alertname: 'Watchdog', severity: 'none' }, 'watchdog'],
  ])('sends %j to %s', (labels, receiver) => {
    expect(route(labels)).toBe(receiver);
  });
});
