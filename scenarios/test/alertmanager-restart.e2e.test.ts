import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AlertmanagerServer } from '../../testbed/src/alertmanager.ts';
import { startAlertmanager } from '../../testbed/src/alertmanager.ts';
import type { WebhookSink } from '../../testbed/src/webhook-sink.ts';
import { startWebhookSink } from '../../testbed/src/webhook-sink.ts';
import { Alertmanager } from '../src/alertmanager/alertmanager.ts';
import { parseAlertmanagerConfig } from '../src/alertmanager/config.ts';
import { LabelInterner } from '../src/promql/labels.ts';

const configYaml = (url: string) => `
route: { receiver: pager, group_by: [instance], group_wait: 300ms, group_interval: 1s, repeat_interval: 1h }
inhibit_rules:
  - { source_matchers: [alertname="Source"], target_matchers: [alertname="Target"], equal: [instance] }
receivers: [{ name: pager, webhook_configs: [{ url: '${url}' }] }]
`;

interface Step {
  readonly firing: readonly Readonly<Record<string, string>>[];
  readonly restartsFirst: boolean;
}

/** `a` was told before the restart, `b` is muted throughout: sent target first after it, so that the mute leaks. */
const SOURCE = { alertname: 'Source', instance: 'b', severity: 'info' };
const TARGET = { alertname: 'Target', instance: 'b' };
const STEPS: readonly Step[] = [
  { restartsFirst: false, firing: [{ alertname: 'Down', instance: 'a' }] },
  { restartsFirst: false, firing: [SOURCE] },
  { restartsFirst: false, firing: [TARGET] },
  { restartsFirst: true, firing: [{ alertname: 'Down', instance: 'a' }] },
  { restartsFirst: false, firing: [TARGET] },
];
const PAUSE_MS = 1_500;

describe('restart of Alertmanager', () => {
  let sink: WebhookSink;
  let server: AlertmanagerServer;

  beforeAll(async () => {
    sink = await startWebhookSink();
    server = await startAlertmanager({ configYaml: configYaml(sink.url) });
  });

  afterAll(async () => {
    await server.stop();
    await sink.down();
  });

  it('does not repeat what was told, and leaks the old muted alert that arrives before its source', async () => {
    const startedAtMs = Date.now();
    for (const { firing, restartsFirst } of STEPS) {
      if (restartsFirst) await server.restart();
      const [startsAt, endsAt] = [startedAtMs, startedAtMs + 60_000].map((ms) => new Date(ms).toISOString());
      await server.postAlerts(
        firing.map((labels) => ({ labels: { ...labels }, startsAt: startsAt ?? '', endsAt: endsAt ?? '' })),
      );
      await sleep(PAUSE_MS);
    }
    const told = sink.messages().map(({ alerts }) => alerts.map(({ labels }) => labels['alertname']).join());

    expect(told).toEqual(predict());
    expect(told.filter((names) => names.includes('Target'))).toHaveLength(1);
  });
});

function predict(): string[] {
  const interner = new LabelInterner();
  const model = new Alertmanager(parseAlertmanagerConfig(configYaml('http://sink')), interner, 0);
  STEPS.forEach(({ firing, restartsFirst }, index) => {
    const atMs = index * PAUSE_MS;
    if (restartsFirst) model.stop();
    if (restartsFirst) model.start(atMs);
    model.receive(
      firing.map((labels) => ({ labels: interner.of(labels), startsAtMs: 0, endsAtMs: 60_000 })),
      atMs,
    );
    for (let next = model.nextAtMs(); next <= atMs + PAUSE_MS - 1; next = model.nextAtMs()) model.runDue(next);
  });
  return model.notifications.map(({ firing }) => firing.map((labels) => labels.get('alertname')).join());
}
