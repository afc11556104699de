import { scaleDuration, scaleRules } from '../../../alert-rules/src/scale.ts';
import {
  startAlertmanager,
  startHttpListener,
  startPrometheus,
  startWebhookSink,
  type ReceivedMessage,
} from '../../../testbed/src/index.ts';
import { generateScenario } from '../generator/generate.ts';
import type { Scenario } from '../generator/scenario.ts';
import { PromqlEngine } from '../promql/engine.ts';
import { isDown, targetLabels } from '../simulation/machines.ts';
import type { PlayResult } from '../simulation/result.ts';
import { playPatchhaven } from '../variants/patchhaven.ts';
import { loadRules, readPagingRules } from '../variants/rules.ts';

/** One second of a scenario in real seconds; a scrape interval of 15 s becomes 150 ms. */
const factor = 0.01;

/** What one group was told, in order: `firing` and `resolved` without repetitions. */
export type ToldGroups = ReadonlyMap<string, readonly string[]>;

export interface ReplayResult {
  readonly virtual: ToldGroups;
  readonly real: ToldGroups;
}

/**
 * Plays the series that a scenario exposed to the real Prometheus and Alertmanager in scaled time, and says who was told
 * what by the virtual and by the real ones. For scenarios without faults; `result` needs recorded scrapes. Plays
 * `[fromSeconds, fromSeconds + seconds]` after the scenario's start.
 */
export async function replay(
  scenario: Scenario,
  result: PlayResult,
  fromSeconds: number,
  seconds: number,
): Promise<ReplayResult> {
  const from = scenario.startAt + fromSeconds;
  const to = from + seconds;
  const startedAt = Date.now() / 1000 + 3;
  const simulated = (): number => from + (Date.now() / 1000 - startedAt) / factor;
  const listener = await startHttpListener((request, response) => {
    const body = answer(scenario, result, request.url ?? '', simulated(), (at) => startedAt + (at - from) * factor);
    response.writeHead(body === undefined ? 503 : 200, { 'content-type': 'text/plain; version=0.0.4' }).end(body);
  });
  const sink = await startWebhookSink();
  const alertmanager = await startAlertmanager({ configYaml: routing(sink.url) });
  const prometheus = await startPrometheus({
    rules: readPagingRules().map((text) => scaleRules(text, factor)),
    scrapeInterval: scaled('15s'),
    evaluationInterval: scaled('15s'),
    alertmanagers: [alertmanager.address],
    scrapeConfigs: scrapeConfigs(scenario, listener.address),
    flags: [`--rules.alert.resend-delay=${scaled('1m')}`, `--query.lookback-delta=${scaled('5m')}`],
  });
  try {
    await new Promise((resolve) => setTimeout(resolve, (startedAt - Date.now() / 1000 + seconds * factor) * 1000));
    return { virtual: toldByModel(result, from, to), real: toldByReal(sink.messages()) };
  } finally {
    await Promise.all([prometheus.stop(), alertmanager.stop()]);
    await Promise.all([listener.down(), sink.down()]);
  }
}

function scaled(duration: string): string {
  return scaleDuration(duration, factor);
}

function routing(url: string): string {
  return `
route:
  receiver: 'null'
  group_by: [alertname, organization, instance]
  group_wait: ${scaled('30s')}
  group_interval: ${scaled('5m')}
  repeat_interval: 4h
  routes: [{ matchers: [severity="critical"], receiver: pagerduty }]
receivers:
  - name: 'null'
  - name: pagerduty
    webhook_configs: [{ url: '${url}', send_resolved: true }]
`;
}

function scrapeConfigs({ devices }: Scenario, address: string) {
  const config = (path: string, labels: Record<string, string>) => ({
    job_name: path,
    metrics_path: `/${path}`,
    honor_labels: path === 'exporter',
    static_configs: [{ targets: [address], labels }],
    relabel_configs: [
      { source_labels: ['name'], target_label: 'instance' },
      { action: 'labeldrop', regex: 'name' },
    ],
  });
  return [
    config('exporter', { job: 'patchhaven', name: 'patchhaven-0:9879' }),
    ...devices.map((device) => {
      const { instance, ...labels } = targetLabels(device);
      return config(`device-${device.id}`, { ...labels, name: instance });
    }),
  ];
}

/** The page of one target at a moment of the scenario; undefined while it does not answer. */
function answer(
  scenario: Scenario,
  { scrapes }: PlayResult,
  url: string,
  at: number,
  toReal: (at: number) => number,
): string | undefined {
  const device = scenario.devices.find(({ id }) => url === `/device-${id}`);
  if (device !== undefined) return isDown(device, at) ? undefined : 'node_alive 1\n';
  const samples = scrapes.findLast((scrape) => scrape.at <= at)?.samples;
  if (samples === undefined) return undefined;
  return samples
    .map(({ labels, value }) => {
      const { __name__: name = '', ...rest } = labels.toRecord();
      const text = Object.entries(rest).map(([key, word]) => `${key}=${JSON.stringify(word)}`);
      return `${name}{${text.join()}} ${String(name.endsWith('_timestamp_seconds') ? toReal(value) : value)}\n`;
    })
    .join('');
}

function append(told: Map<string, string[]>, key: string, word: string): void {
  const words = told.get(key) ?? [];
  if (words.at(-1) !== word) words.push(word);
  told.set(key, words);
}

function keyOf(labels: Readonly<Record<string, string | undefined>>): string {
  return [labels['alertname'], labels['organization'] ?? '', labels['instance']].join(' ');
}

function toldByModel({ notifications }: PlayResult, from: number, to: number): ToldGroups {
  const told = new Map<string, string[]>();
  for (const { atMs, receiver, groupLabels, firing } of notifications) {
    if (receiver !== 'pagerduty' || atMs < from * 1000 || atMs > to * 1000) continue;
    append(told, keyOf(groupLabels.toRecord()), firing.length > 0 ? 'firing' : 'resolved');
  }
  return told;
}

function toldByReal(messages: readonly ReceivedMessage[]): ToldGroups {
  const told = new Map<string, string[]>();
  for (const { groupLabels, status } of messages) append(told, keyOf(groupLabels), status);
  return told;
}

/** Seconds of a scenario before its first story begins. */
const quietStartSeconds = 660;

/** The first `count` scenarios of a seed that can be replayed: small, without faults, and with somebody to page. */
export async function replaySample(
  seed: number,
  count: number,
): Promise<readonly (ReplayResult & { index: number })[]> {
  const engine = new PromqlEngine();
  const rules = loadRules();
  const replays: Promise<ReplayResult & { index: number }>[] = [];
  for (let index = 0; replays.length < count; index++) {
    const scenario = generateScenario(seed, index);
    const { devices, faults, ownAlerts, replicas, startAt, endAt } = scenario;
    const seconds = endAt - startAt - quietStartSeconds;
    if (faults.length > 0 || ownAlerts || replicas > 1 || devices.length > 8 || seconds > 4200) continue;
    const result = await playPatchhaven(scenario, { engine, rules, recordsScrapes: true });
    if (result.notifications.length === 0) continue;
    replays.push(replay(scenario, result, quietStartSeconds, seconds).then((compared) => ({ index, ...compared })));
  }
  return Promise.all(replays);
}
