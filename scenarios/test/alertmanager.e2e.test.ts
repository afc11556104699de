import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AlertmanagerServer } from '../../testbed/src/alertmanager.ts';
import { startAlertmanager } from '../../testbed/src/alertmanager.ts';
import type { ReceivedMessage, WebhookSink } from '../../testbed/src/webhook-sink.ts';
import { startWebhookSink } from '../../testbed/src/webhook-sink.ts';
import type { Notification } from '../src/alertmanager/alertmanager.ts';
import { Alertmanager } from '../src/alertmanager/alertmanager.ts';
import { parseAlertmanagerConfig } from '../src/alertmanager/config.ts';
import { LabelInterner } from '../src/promql/labels.ts';
import type { Action, Actor, Script } from './support/alert-script.ts';
import { BEAT_MS, BEATS, NAMED_SCRIPTS, randomScript } from './support/alert-script.ts';

const RANDOM_SCRIPTS = 60;
/** Real posts, timers and webhooks on a busy machine; posts and flushes are never closer than 300 ms by design. */
const TOLERANCE_MS = 250;
const OLD_MS = 5_000;
/** Scripts start one after the other, so that their posts do not queue up behind each other. */
const STAGGER_MS = 23;

const LABELS: Readonly<Record<Actor, Readonly<Record<string, string>>>> = {
  target: { alertname: 'Target', group: 'one', patch_aware: 'down' },
  neighbour: { alertname: 'Neighbour', group: 'one' },
  loner: { alertname: 'Loner', group: 'two', patch_aware: 'down' },
  source: { alertname: 'Source' },
};

function configYaml(url: string): string {
  return `
route:
  receiver: pager
  group_by: [case, group]
  group_wait: 300ms
  group_interval: 1s
  repeat_interval: 1h
  routes:
    - matchers: [alertname="Source"]
      receiver: 'null'
inhibit_rules:
  - source_matchers: [alertname="Source"]
    target_matchers: [patch_aware="down"]
    equal: [case]
receivers:
  - name: 'null'
  - name: pager
    webhook_configs: [{ url: '${url}', send_resolved: true }]
`;
}

interface Post {
  readonly atMs: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
}

/** What Prometheus would post: a running outage keeps its start, a resolved alert ends now. */
function toPosts({ name, actions }: Script): Post[] {
  const startedAtMs = new Map<Actor, number>();
  return actions.map(({ atMs, verb, actor }: Action) => {
    const startsAtMs = startedAtMs.get(actor) ?? (verb === 'fire old' ? atMs - OLD_MS : atMs);
    if (verb === 'resolve') startedAtMs.delete(actor);
    else startedAtMs.set(actor, startsAtMs);
    const endsAtMs = verb === 'resolve' ? atMs : atMs + 60_000;
    return { atMs, labels: { ...LABELS[actor], case: name }, startsAtMs, endsAtMs };
  });
}

interface Told {
  readonly atMs: number;
  readonly what: string;
}

function describeMessage(firing: readonly string[], resolved: readonly string[]): string {
  return `firing [${[...firing].sort().join()}] resolved [${[...resolved].sort().join()}]`;
}

function predict(script: Script): Told[] {
  const interner = new LabelInterner();
  const model = new Alertmanager(parseAlertmanagerConfig(configYaml('http://sink')), interner, 0);
  const runTo = (untilMs: number) => {
    for (let next = model.nextAtMs(); next <= untilMs; next = model.nextAtMs()) model.runDue(next);
  };
  for (const { atMs, labels, startsAtMs, endsAtMs } of toPosts(script)) {
    runTo(atMs);
    model.receive([{ labels: interner.of(labels), startsAtMs, endsAtMs }], atMs);
  }
  runTo(BEATS * BEAT_MS + 500);
  const names = (alerts: Notification['firing']) => alerts.map((labels) => labels.get('alertname'));
  return model.notifications.map(({ atMs, firing, resolved }) => ({
    atMs,
    what: describeMessage(names(firing), names(resolved)),
  }));
}

function toTold(message: ReceivedMessage, startAtMs: number): Told {
  const names = (status: string) =>
    message.alerts.filter((alert) => alert.status === status).map(({ labels }) => labels['alertname'] ?? '');
  return {
    atMs: message.receivedAtUnixSeconds * 1000 - startAtMs,
    what: describeMessage(names('firing'), names('resolved')),
  };
}

/** Plays one script and returns when its last flush is over. */
async function play(server: AlertmanagerServer, script: Script, startAtMs: number): Promise<void> {
  const toText = (ms: number) => new Date(startAtMs + ms).toISOString();
  for (const { atMs, labels, startsAtMs, endsAtMs } of toPosts(script)) {
    await sleep(Math.max(0, startAtMs + atMs - Date.now()));
    await server.postAlerts([{ labels: { ...labels }, startsAt: toText(startsAtMs), endsAt: toText(endsAtMs) }]);
  }
  await sleep(Math.max(0, startAtMs + BEATS * BEAT_MS + 500 - Date.now()));
}

describe('Alertmanager model against the real one', () => {
  let sink: WebhookSink;
  let server: AlertmanagerServer;
  let firstStartMs: number;
  const random = fc
    .sample(randomScript, { numRuns: RANDOM_SCRIPTS, seed: 25 })
    .map((actions, index): Script => ({ name: `random ${String(index)}`, actions }));
  const scripts = [...NAMED_SCRIPTS, ...random];

  beforeAll(async () => {
    sink = await startWebhookSink();
    server = await startAlertmanager({ configYaml: configYaml(sink.url) });
    firstStartMs = Date.now() + 200;
    await Promise.all(scripts.map((script, index) => play(server, script, firstStartMs + index * STAGGER_MS)));
  });

  afterAll(async () => {
    await server.stop();
    await sink.down();
  });

  it.each(scripts)('tells the same at the same time: $name', (script) => {
    const startAtMs = firstStartMs + scripts.indexOf(script) * STAGGER_MS;
    const told = sink
      .messages()
      .filter(({ groupLabels }) => groupLabels['case'] === script.name)
      .map((message) => toTold(message, startAtMs));
    const byTime = (left: Told, right: Told) => left.what.localeCompare(right.what) || left.atMs - right.atMs;
    const expected = predict(script).sort(byTime);
    const actual = told.sort(byTime);

    expect(actual.map(({ what }) => what)).toEqual(expected.map(({ what }) => what));
    actual.forEach(({ atMs }, index) => {
      expect(Math.abs(atMs - (expected[index]?.atMs ?? Infinity))).toBeLessThan(TOLERANCE_MS);
    });
  });
});
