import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  eventually,
  startAlertmanager,
  startAlertmanagerCluster,
  startPagerDuty,
  startPrometheus,
  startTarget,
  startWebhookSink,
  type AlertmanagerServer,
  type DeviceTarget,
  type PagerDutyFake,
  type PrometheusServer,
} from '../src/index.ts';

const routingKey = '0123456789abcdef0123456789abcdef';

const hostDown = `
groups:
  - name: hosts
    rules:
      - alert: HostDown
        expr: up{job="node"} == 0
        for: 1s
        labels: { severity: critical }
        annotations: { summary: '{{ $labels.instance }} is down' }
`;

function pagingConfig(enqueueUrl: string): string {
  return `
route: { receiver: pagerduty, group_by: [instance], group_wait: 0s, group_interval: 1s }
receivers:
  - name: pagerduty
    pagerduty_configs:
      - routing_key: ${routingKey}
        url: ${enqueueUrl}
        description: '{{ template "page.title" . }}'
`;
}

const templates = { page: '{{ define "page.title" }}PAGE {{ .CommonAnnotations.summary }}{{ end }}' };

describe('from a dead host to PagerDuty', () => {
  let target: DeviceTarget;
  let pagerDuty: PagerDutyFake;
  let alertmanager: AlertmanagerServer;
  let prometheus: PrometheusServer;

  beforeAll(async () => {
    target = await startTarget({ nodename: 'hbr-web01', bootTimeUnixSeconds: 1_790_000_000 });
    pagerDuty = await startPagerDuty();
    alertmanager = await startAlertmanager({ configYaml: pagingConfig(pagerDuty.enqueueUrl), templates });
    prometheus = await startPrometheus({
      rules: [hostDown],
      scrapeConfigs: [
        { job_name: 'node', static_configs: [{ targets: [target.address], labels: { organization: 'harbor' } }] },
      ],
      alertmanagers: [alertmanager.address],
      externalLabels: { replica: 'a' },
      flags: ['--rules.alert.resend-delay=1s'],
    });
  });

  afterAll(async () => {
    await Promise.all([prometheus.stop(), alertmanager.stop(), pagerDuty.down(), target.down()]);
  });

  it('pages once when the socket closes and resolves when it listens again', async () => {
    await eventually(async () => (await prometheus.query('up{job="node"} == 1')).length === 1);
    await target.down();
    const page = await pagerDuty.waitForPage(({ status }) => status === 'triggered', 15_000);
    expect(page.summary).toBe(`PAGE ${target.address} is down`);
    expect(await prometheus.alerts()).toMatchObject([
      { state: 'firing', labels: { alertname: 'HostDown', organization: 'harbor', instance: target.address } },
    ]);
    expect((await alertmanager.alerts())[0]?.labels).toMatchObject({ replica: 'a' });

    await target.up({ bootTimeUnixSeconds: 1_790_000_600 });
    await eventually(() => pagerDuty.open().length === 0, { timeoutMs: 15_000, what: 'the resolve' });
    expect(pagerDuty.incidents()).toHaveLength(1);
    expect(pagerDuty.refused()).toEqual([]);
    expect(await prometheus.query('node_boot_time_seconds')).toMatchObject([{ value: 1_790_000_600 }]);
  });

  it('keeps the data of Prometheus over a kill -9 and loads changed rules', async () => {
    await prometheus.kill();
    expect(prometheus.pid()).toBeUndefined();
    await expect(prometheus.query('up')).rejects.toThrow();
    await prometheus.start();
    const old = await prometheus.query('count_over_time(node_boot_time_seconds[10m] @ end()) > 0');
    expect(old).toHaveLength(1);

    await prometheus.reload({ rules: [hostDown.replaceAll('HostDown', 'MachineDown').replace('== 0', '== 1')] });
    const alerts = await eventually(async () => {
      const active = await prometheus.alerts();
      return active.length > 0 && active;
    });
    expect(alerts[0]?.labels['alertname']).toBe('MachineDown');
    await expect(prometheus.reload({ rules: ['groups:\n  - nonsense: 1\n'] })).rejects.toThrow('refused');
  });
});

describe('Alertmanager', () => {
  const inhibiting = (url: string) => `
route: { receiver: hook, group_by: [instance], group_wait: 0s, group_interval: 1s }
receivers: [{ name: hook, webhook_configs: [{ url: '${url}', send_resolved: true }] }]
inhibit_rules:
  - source_matchers: [alertname="Source", instance!=""]
    target_matchers: [alertname="Target", instance!=""]
    equal: [instance]
`;
  const alert = (alertname: string, instance: string) => ({ labels: { alertname, instance } });

  it('shows by which alert another is inhibited, before and after a restart', async () => {
    const sink = await startWebhookSink();
    const alertmanager = await startAlertmanager({ configYaml: inhibiting(sink.url) });
    const source = alert('Source', 'a:9100');
    const send = () => alertmanager.postAlerts([source, alert('Target', 'a:9100'), alert('Target', 'b:9100')]);
    const inhibitedInstances = async () =>
      (await alertmanager.alerts())
        .filter(({ status }) => status.inhibitedBy.length === 1)
        .map(({ labels }) => labels['instance']);

    await send();
    expect(await inhibitedInstances()).toEqual(['a:9100']);
    expect((await sink.waitFor(({ groupLabels }) => groupLabels['instance'] === 'b:9100', 5000)).status).toBe('firing');

    await alertmanager.restart();
    expect(await alertmanager.alerts()).toEqual([]);
    await send();
    expect(await inhibitedInstances()).toEqual(['a:9100']);
    await Promise.all([alertmanager.stop(), sink.down()]);
  });

  it('notifies once when both members of a cluster get the same alert', async () => {
    const pagerDuty = await startPagerDuty();
    const members = await startAlertmanagerCluster({ configYaml: pagingConfig(pagerDuty.enqueueUrl), templates });
    await Promise.all(members.map((member) => member.postAlerts([alert('HostDown', 'a:9100')])));
    await pagerDuty.waitForPage(() => true, 10_000);
    // The second member's turn is 2 s (its peer timeout) after the first one's.
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(pagerDuty.events()).toHaveLength(1);
    await Promise.all([...members.map((member) => member.stop()), pagerDuty.down()]);
  });

  it('reports a configuration that the program refuses, with its own words', async () => {
    await expect(startAlertmanager({ configYaml: 'route: { receiver: nobody }\nreceivers: []\n' })).rejects.toThrow(
      /alertmanager ended while starting[^]*undefined receiver/,
    );
  });
});
