import { readdirSync, readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { httpJson } from '../../testbed/src/http-json.ts';
import { startPrometheus, type PrometheusServer, type ScrapeConfig } from '../../testbed/src/prometheus.ts';
import { eventually } from '../../testbed/src/clock/wait.ts';
import type { Bench, BenchOptions, Goal, Table } from './bench.ts';
import { startFleetTarget, type Density, type FleetTarget } from './rules/fleet-target.ts';
import { formatNumber, formatSpread, spread } from './statistics.ts';

interface Run {
  readonly devices: number;
  readonly density: Density;
  readonly loadBefore: number;
  readonly series: number;
  /** Samples per series that `last_over_time(…[10m])` walks through; a 15 s scrape leaves 40. */
  readonly samplesInRange: number;
  /** Seconds of each evaluation, by group. */
  readonly groups: Readonly<Record<string, readonly number[]>>;
  /** Seconds of each rule in its group's last evaluation. */
  readonly rules: Readonly<Record<string, number>>;
}

const rulesFolder = new URL('../../alert-rules/rules/', import.meta.url);
const densities = ['sparse', 'dense'] as const satisfies readonly Density[];
/** The group that pages; the others have intervals of up to a minute. */
const pagingGroup = 'patch-aware';
const wantedSamples = 40;
/** A first scrape waits up to its interval, and takes half a minute at 100,000 devices. */
const firstScrapeMs = 240_000;
const warmUpMs = 120_000;

/** The shipped rules on a real Prometheus, 1 % of the hosts down; how long each group takes to evaluate. */
export const rulesBench: Bench = {
  name: 'rules',
  run: async (options) => {
    const runs: Run[] = [];
    for (const devices of options.devices) {
      for (const density of densities) {
        if (!options.without.has(density)) runs.push(await runSize(devices, density, options));
      }
    }
    return { name: 'rules', tables: [table(runs), slowestRules(runs)], goals: runs.flatMap(judge), raw: runs };
  },
};

async function runSize(devices: number, density: Density, { rounds, log }: BenchOptions): Promise<Run> {
  const loadBefore = loadavg()[0] ?? NaN;
  const target = await startFleetTarget(devices, density);
  const prometheus = await startPrometheus({ scrapeInterval: '60s', scrapeConfigs: scrapes(target, 'warm-up') });
  try {
    const samplesInRange = await warmUp(prometheus, devices);
    const { data } = await httpJson<{ data: { headStats: { numSeries: number } } }>(
      `${prometheus.url}/api/v1/status/tsdb`,
    );
    await prometheus.reload({ scrapeConfigs: scrapes(target, 'steady'), rules: rules() });
    const evaluated = await watchGroups(prometheus, rounds);
    log(`${String(devices)} devices, ${density}: ${String(rounds)} evaluations`);
    return { devices, density, loadBefore, series: data.headStats.numSeries, samplesInRange, ...evaluated };
  } finally {
    await prometheus.stop();
    await target.listener.down();
  }
}

/** Evaluated at their own intervals: quicker ones would leave a large fleet's groups waiting for each other. */
function rules(): string[] {
  return readdirSync(rulesFolder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => readFileSync(new URL(name, rulesFolder), 'utf8'));
}

/** While warming up, what the rules look back on is scraped quickly, so that ten minutes of it are there sooner. */
function scrapes({ listener, rangeFamilies, otherFamilies }: FleetTarget, phase: 'warm-up' | 'steady'): ScrapeConfig[] {
  const job = (name: string, path: string, families: readonly string[], interval: string): ScrapeConfig => ({
    job_name: name,
    honor_labels: true,
    metrics_path: path,
    scrape_interval: interval,
    scrape_timeout: interval,
    static_configs: [{ targets: [listener.address] }],
    ...(families.length > 0 && { params: { 'collect[]': families } }),
  });
  return [
    job('hosts', '/up', [], '60s'),
    job('patchhaven', '/metrics', otherFamilies, '60s'),
    job('patchhaven-windows', '/metrics', rangeFamilies, phase === 'warm-up' ? '2s' : '60s'),
  ];
}

/** Waits until the whole fleet was scraped; returns how many samples its windows have in ten minutes. */
async function warmUp(prometheus: PrometheusServer, devices: number): Promise<number> {
  const read = async (query: string) => (await prometheus.query(query))[0]?.value ?? 0;
  await eventually(
    async () => (await read('count(up{job="node"})')) >= devices && (await read('count(patch_device_info)')) >= devices,
    { timeoutMs: firstScrapeMs, intervalMs: 1000, what: 'the first scrape of the fleet' },
  );
  const samples = () => read('max(count_over_time(patch_device_quiet_until_timestamp_seconds[10m]))');
  const endsAt = performance.now() + warmUpMs;
  for (let found = await samples(); ; found = await samples()) {
    if (found >= wantedSamples || performance.now() > endsAt) return found;
    await sleep(2000);
  }
}

interface RuleGroup {
  readonly name: string;
  readonly lastEvaluation: string;
  readonly evaluationTime: number;
  /** Seconds. */
  readonly interval: number;
  readonly rules: readonly { readonly name: string; readonly evaluationTime: number }[];
}

/**
 * The paging group is watched for all the evaluations asked for, the slower ones for two, of which the first is dropped;
 * nobody waits for groups with more than a minute between two.
 */
async function watchGroups(prometheus: PrometheusServer, evaluations: number): Promise<Pick<Run, 'groups' | 'rules'>> {
  const seen = new Map<string, Map<string, number>>();
  let latest: readonly RuleGroup[] = [];
  const intervals = new Map<string, number>();
  const wanted = (group: string) => {
    if (group === pagingGroup) return Math.max(2, evaluations);
    return (intervals.get(group) ?? 0) > 60 ? 0 : 2;
  };
  await eventually(
    async () => {
      latest = (await httpJson<{ data: { groups: RuleGroup[] } }>(`${prometheus.url}/api/v1/rules`)).data.groups;
      for (const { name, lastEvaluation, evaluationTime, interval } of latest) {
        intervals.set(name, interval);
        const times = seen.get(name) ?? new Map<string, number>();
        seen.set(name, times);
        if (!lastEvaluation.startsWith('0001')) times.set(lastEvaluation, evaluationTime);
      }
      return seen.size > 0 && [...seen].every(([name, times]) => times.size >= wanted(name));
    },
    { timeoutMs: 300_000, intervalMs: 1000, what: `${String(evaluations)} evaluations of ${pagingGroup}` },
  );
  return {
    groups: Object.fromEntries(
      [...seen].map(([name, times]) => [name, [...times.values()].slice(times.size > 1 ? 1 : 0)]),
    ),
    rules: Object.fromEntries(latest.flatMap(({ rules: all }) => all.map((rule) => [rule.name, rule.evaluationTime]))),
  };
}

function slowestRules(runs: readonly Run[]): Table {
  return {
    title: 'Slowest rules in the last evaluation',
    columns: ['devices', 'windows', 'rules, seconds'],
    rows: runs.map(({ devices, density, rules: times }) => [
      String(devices),
      density,
      Object.entries(times)
        .sort(([, a], [, b]) => b - a)
        .slice(0, 6)
        .map(([name, seconds]) => `${name} ${formatNumber(seconds)}`)
        .join(', '),
    ]),
  };
}

function table(runs: readonly Run[]): Table {
  const names = Object.keys(runs[0]?.groups ?? {});
  return {
    title: 'Evaluation of each rule group, seconds; 1 % of the hosts down',
    columns: ['devices', 'windows', 'load before', 'series', 'samples in 10 m', ...names, 'all'],
    rows: runs.map(({ devices, density, loadBefore, series, samplesInRange, groups }) => [
      String(devices),
      density,
      formatNumber(loadBefore),
      String(series),
      String(samplesInRange),
      ...names.map((name) => (groups[name]?.length ? formatSpread(spread(groups[name])) : '–')),
      formatNumber(total(groups)),
    ]),
  };
}

function total(groups: Run['groups']): number {
  return Object.values(groups).reduce((sum, times) => sum + (times.length === 0 ? 0 : spread(times).median), 0);
}

/** The group that pages has to be quick on an ordinary night; the others are shown. */
function judge({ devices, density, groups }: Run): Goal[] {
  const measured = spread(groups[pagingGroup] ?? []).median;
  const what = `group ${pagingGroup}, ${String(devices)} devices, ${density} windows, s`;
  return [{ what, goal: '≤ 1', measured: formatNumber(measured), met: measured <= 1 }];
}
