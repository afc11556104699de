import { loadavg } from 'node:os';
import type { Bench, BenchOptions, Goal, Table } from './bench.ts';
import { startContestant, type Driven } from './scrape/child-server.ts';
import { measureRounds, type Measured, type Sample } from './scrape/measure.ts';
import { startPushgatewayContestant } from './scrape/pushgateway.ts';
import { formatNumber, formatSpread, spread } from './statistics.ts';

interface Run {
  readonly devices: number;
  readonly servers: readonly Measured[];
  readonly loadBefore: number;
}

/** 1 % and 5 % of the devices, chosen at random, which is the worst choice for cached pages. */
const shares = [0.01, 0.05];

/** Scraping a whole fleet: the cached pages beside prom-client, a Pushgateway and the floor, all at the same time. */
export const scrapeBench: Bench = {
  name: 'scrape',
  run: async (options) => {
    const runs: Run[] = [];
    for (const devices of options.devices) runs.push(await runSize(devices, options));
    return { name: 'scrape', tables: [...runs.map(sizeTable), memoryTable(runs)], goals: judge(runs), raw: runs };
  },
};

async function runSize(devices: number, { rounds, without, log }: BenchOptions): Promise<Run> {
  const loadBefore = loadavg()[0] ?? NaN;
  const servers: Driven[] = [];
  const add = async (starting: Promise<Driven>) => {
    const server = await starting;
    servers.push(server);
    log(`${String(devices)} devices: ${server.name} is filled`);
    return server;
  };
  try {
    const ours = await add(startContestant('ours', './ours.server.ts', String(devices)));
    await add(startContestant('floor', './floor.server.ts', ours.metricsUrl));
    await add(startContestant('prom-client', './prom-client.server.ts', String(devices)));
    if (!without.has('pushgateway')) await add(startPushgatewayContestant(devices));
    const slow = new Set(devices > 20_000 ? ['pushgateway'] : []);
    const measured = await measureRounds(servers, { rounds, shares, slow, plain: new Set(['ours', 'floor']) });
    return { devices, servers: measured, loadBefore };
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

const spreadOf = (server: Measured, read: (sample: Sample) => number | undefined) =>
  spread(server.samples.flatMap((sample) => read(sample) ?? []));

function find({ servers }: Run, name: string): Measured {
  const server = servers.find((candidate) => candidate.name === name);
  if (server === undefined) throw new Error(`${name} was not measured`);
  return server;
}

const gzip = (sample: Sample) => sample.gzipMs;
const cpu = (sample: Sample) => sample.cpuMs;
const block = (sample: Sample) => Math.max(sample.scrapeBlockMs, sample.pollBlockMs);

function sizeTable(run: Run): Table {
  const floor = spreadOf(find(run, 'floor'), gzip).median;
  return {
    title: `${String(run.devices)} devices (load average ${formatNumber(run.loadBefore)} before)`,
    columns: [
      'server',
      'rounds',
      'gzip ms',
      '÷ floor',
      'plain ms',
      'CPU ms per poll + scrape',
      'poll → visible ms',
      'worst block ms',
      'gzip MB',
    ],
    rows: run.servers.map((server) => {
      const latency = spreadOf(server, gzip);
      const hasPlain = server.samples.some((sample) => sample.plainMs !== undefined);
      const worst = spreadOf(server, block).max;
      return [
        server.name,
        String(server.samples.length),
        formatSpread(latency),
        formatNumber(latency.median / floor),
        hasPlain ? formatSpread(spreadOf(server, (sample) => sample.plainMs)) : '–',
        formatSpread(spreadOf(server, cpu)),
        formatSpread(spreadOf(server, (sample) => sample.pollMs)),
        Number.isNaN(worst) ? '–' : formatNumber(worst),
        formatNumber((server.samples[0]?.gzipBytes ?? NaN) / 1e6),
      ];
    }),
  };
}

/** Bytes per device between two sizes, where the process' own base cancels out. */
function slope(small: Run, large: Run, name: string, read: (server: Measured) => number): number {
  return ((read(find(large, name)) - read(find(small, name))) * 1024) / (large.devices - small.devices);
}

const steady = (server: Measured) => server.rssKib;
const peak = (server: Measured) => server.peakRssKib;

function memoryTable(runs: readonly Run[]): Table {
  const [small, large] = runs.slice(-2);
  const names = runs[0]?.servers.map(({ name }) => name) ?? [];
  return {
    title: 'Memory: RSS MiB steady / peak, and bytes per device between the two largest sizes',
    columns: ['server', ...runs.map(({ devices }) => String(devices)), 'bytes per device'],
    rows: names.map((name) => [
      name,
      ...runs.map((run) => {
        const server = find(run, name);
        return `${formatNumber(steady(server) / 1024)} / ${formatNumber(peak(server) / 1024)}`;
      }),
      small === undefined || large === undefined
        ? '–'
        : `${formatNumber(slope(small, large, name, steady))} / ${formatNumber(slope(small, large, name, peak))}`,
    ]),
  };
}

/** The promises hold at 100,000 devices; at other sizes nothing is judged. */
function judge(runs: readonly Run[]): Goal[] {
  const run = runs.find(({ devices }) => devices === 100_000);
  const small = runs.find(({ devices }) => devices === 10_000);
  if (run === undefined) return [];
  const [ours, floor, promClient] = [find(run, 'ours'), find(run, 'floor'), find(run, 'prom-client')];
  const median = (server: Measured, read: (sample: Sample) => number) => spreadOf(server, read).median;
  const goals = [
    atMost('gzip scrape ÷ floor', 1.5, median(ours, gzip) / median(floor, gzip)),
    atLeast('prom-client gzip scrape ÷ ours', 400, median(promClient, gzip) / median(ours, gzip)),
    atLeast('prom-client CPU per poll + scrape ÷ ours', 8, median(promClient, cpu) / median(ours, cpu)),
    atMost('worst event-loop block, ms', 50, spreadOf(ours, block).max),
  ];
  if (small === undefined) return goals;
  return [...goals, atMost('peak RSS per device (10,000 → 100,000), bytes', 2000, slope(small, run, 'ours', peak))];
}

function atMost(what: string, bound: number, measured: number): Goal {
  return { what, goal: `≤ ${String(bound)}`, measured: formatNumber(measured), met: measured <= bound };
}

function atLeast(what: string, bound: number, measured: number): Goal {
  return { what, goal: `≥ ${String(bound)}`, measured: formatNumber(measured), met: measured >= bound };
}
