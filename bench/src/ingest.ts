import { loadavg } from 'node:os';
import path from 'node:path';
import { startPushgateway } from '../../testbed/src/pushgateway.ts';
import type { Bench, BenchOptions, Goal, Table } from './bench.ts';
import { createDiskFolder, createExporter, startSettled, type ExporterUsage } from './exporter/exporter.ts';
import { startChild } from './ingest/child.ts';
import type { LoadJob, LoadResult } from './load/job.ts';
import { startLoader, type Loader } from './load/loader.ts';
import { formatNumber, formatSpread, shuffled, spread } from './statistics.ts';

const batch = 100;
const secondsPerTurn = 2;
/** Long enough for several publishes and saves to fall into it. */
const readingSeconds = 5;

/** One server under one kind of load. */
interface Contestant {
  readonly name: string;
  readonly eventsPerRequest: number;
  readonly job: LoadJob;
  readonly usage?: (reset: boolean) => Promise<ExporterUsage>;
}

interface Turn extends LoadResult {
  readonly eventsPerSecond: number;
  /** Of the exporter only. */
  readonly blockMs?: number;
  readonly cpuShare?: number;
}

interface Run {
  readonly devices: number;
  readonly loadBefore: number;
  readonly turns: Readonly<Record<string, readonly Turn[]>>;
  readonly reading: readonly Reading[];
}

/** What readers saw while events were posted at full rate. */
interface Reading {
  readonly ingest: Turn;
  readonly devices: LoadResult;
  readonly metrics: LoadResult;
}

/** Posting events over HTTP to the shipped exporter on SQLite, beside what one would use or write instead. */
export const ingestBench: Bench = {
  name: 'ingest',
  run: async (options) => {
    const runs: Run[] = [];
    for (const devices of options.devices) runs.push(await runSize(devices, options));
    return { name: 'ingest', tables: runs.flatMap(tables), goals: runs.flatMap(judge), raw: runs };
  },
};

async function runSize(devices: number, { rounds, log }: BenchOptions): Promise<Run> {
  const loadBefore = loadavg()[0] ?? NaN;
  const stops: (() => unknown)[] = [];
  try {
    const exporter = await createExporter(devices);
    stops.push(() => exporter.stop());
    await startSettled(exporter);
    const gateway = () => startPushgateway({ flags: ['--push.disable-consistency-check'] });
    const gateways = [await gateway(), await gateway()] as const;
    stops.push(...gateways.map((server) => () => server.stop()));
    const inline = await startChild(
      './commit-per-request.server.ts',
      path.join(createDiskFolder('inline'), 'events.db'),
    );
    stops.push(() => inline.stop());
    const floors = [await startChild('./floor.server.ts', String(batch)), await startChild('./floor.server.ts', '1')];
    stops.push(...floors.map((floor) => () => floor.stop()));
    const loaders = [startLoader(), startLoader(), startLoader()] as const;
    stops.push(...loaders.map((loader) => loader.stop));

    const job = (url: string, connections: number, perRequest: number): LoadJob => ({
      url,
      connections,
      seconds: secondsPerTurn,
      token: exporter.token,
      pauseMs: 0,
      send: { kind: 'events', perRequest, devices },
    });
    const many = (name: string, url: string) => ({ name, eventsPerRequest: batch, job: job(url, 8, batch) });
    const single = (name: string, url: string) => ({ name, eventsPerRequest: 1, job: job(url, 16, 1) });
    const push = (name: string, url: string, series: 'all' | 'two') => ({
      name,
      eventsPerRequest: 1,
      job: { ...job(url, 4, 1), send: { kind: 'push', devices, series } as const },
    });
    const contestants: Contestant[] = [
      { ...many('ours, batches', exporter.url), usage: exporter.usage },
      many('HTTP floor, batches', floors[0]?.url ?? ''),
      many('commit per request, batches', inline.url),
      push('pushgateway, whole device', gateways[0].url, 'all'),
      push('pushgateway, two gauges', gateways[1].url, 'two'),
      { ...single('ours, single', exporter.url), usage: exporter.usage },
      single('HTTP floor, single', floors[1]?.url ?? ''),
      single('commit per request, single', inline.url),
    ];
    const turns = new Map<string, Turn[]>(contestants.map(({ name }) => [name, []]));
    const reading: Reading[] = [];
    for (let round = 0; round < rounds; round += 1) {
      for (const contestant of shuffled(contestants)) {
        const turn = await takeTurn(loaders[0], contestant);
        if (round > 0) turns.get(contestant.name)?.push(turn);
      }
      const [ours] = contestants;
      const read = ours === undefined ? undefined : await readWhileIngesting(loaders, ours);
      if (round > 0 && read !== undefined) reading.push(read);
      log(`${String(devices)} devices: round ${String(round + 1)} of ${String(rounds)}`);
    }
    return { devices, loadBefore, turns: Object.fromEntries(turns), reading };
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

async function takeTurn(loader: Loader, { job, eventsPerRequest, usage }: Contestant): Promise<Turn> {
  const before = await usage?.(true);
  const result = await loader.run(job);
  const after = await usage?.(false);
  return {
    ...result,
    eventsPerSecond: (result.requests * eventsPerRequest) / result.seconds,
    ...(before !== undefined &&
      after !== undefined && {
        blockMs: after.blockMs,
        cpuShare: (after.cpuMs - before.cpuMs) / 1000 / result.seconds,
      }),
  };
}

async function readWhileIngesting(
  [writer, reader, scraper]: readonly [Loader, Loader, Loader],
  ours: Contestant,
): Promise<Reading> {
  const get = (url: string, pauseMs: number): LoadJob => ({
    ...ours.job,
    connections: 1,
    seconds: readingSeconds,
    pauseMs,
    send: { kind: 'get', path: url },
  });
  const [ingest, devices, metrics] = await Promise.all([
    takeTurn(writer, { ...ours, job: { ...ours.job, seconds: readingSeconds } }),
    reader.run(get('/api/v1/devices?limit=50', 20)),
    scraper.run(get('/metrics', 500)),
  ]);
  return { ingest, devices, metrics };
}

const rate = (turns: readonly Turn[]) => spread(turns.map(({ eventsPerSecond }) => eventsPerSecond));

function tables(run: Run): Table[] {
  const { devices, loadBefore, turns, reading } = run;
  const floor = (name: string) =>
    rate(turns[name.endsWith('batches') ? 'HTTP floor, batches' : 'HTTP floor, single'] ?? []).median;
  const milliseconds = (of: readonly LoadResult[], read: (result: LoadResult) => number) =>
    formatSpread(spread(of.map(read)));
  return [
    {
      title: `Posting events, ${String(devices)} devices (load average ${formatNumber(loadBefore)} before)`,
      columns: ['server', 'rounds', 'events/s', '÷ floor', 'p50 ms', 'p99 ms', 'CPU cores', 'worst block ms'],
      rows: Object.entries(turns).map(([name, taken]) => [
        name,
        String(taken.length),
        formatSpread(rate(taken)),
        formatNumber(rate(taken).median / floor(name)),
        milliseconds(taken, (turn) => turn.p50Ms),
        milliseconds(taken, (turn) => turn.p99Ms),
        taken[0]?.cpuShare === undefined ? '–' : formatSpread(spread(taken.map((turn) => turn.cpuShare ?? NaN))),
        taken[0]?.blockMs === undefined ? '–' : formatNumber(Math.max(...taken.map((turn) => turn.blockMs ?? NaN))),
      ]),
    },
    {
      title: `Reading while events are posted at full rate, ${String(devices)} devices`,
      columns: ['request', 'answers', 'p50 ms', 'p99 ms', 'worst ms'],
      rows: (['devices', 'metrics'] as const).map((what) => {
        const results = reading.map((entry) => entry[what]);
        return [
          what === 'devices' ? 'GET /api/v1/devices?limit=50' : 'GET /metrics (gzip)',
          String(results.reduce((sum, { requests }) => sum + requests, 0)),
          milliseconds(results, (result) => result.p50Ms),
          milliseconds(results, (result) => result.p99Ms),
          formatNumber(Math.max(...results.map(({ maxMs }) => maxMs))),
        ];
      }),
    },
  ];
}

function judge({ devices, turns, reading }: Run): Goal[] {
  const ratio = (a: string, b: string) => rate(turns[a] ?? []).median / rate(turns[b] ?? []).median;
  const at = `, ${String(devices)} devices`;
  const worst = (values: readonly number[]) => Math.max(...values);
  const blocks = reading.map(({ ingest }) => ingest.blockMs ?? NaN);
  return [
    // One push is one device with all its series, as one event is about one device: that is the rate people have today.
    atLeast(
      `batches of 100 ÷ pushgateway, one device with its series a push${at}`,
      10,
      ratio('ours, batches', 'pushgateway, whole device'),
    ),
    atLeast(`batches ÷ HTTP floor${at}`, 0.12, ratio('ours, batches', 'HTTP floor, batches')),
    atLeast(`single events ÷ commit per request${at}`, 3, ratio('ours, single', 'commit per request, single')),
    atMost(`GET /api/v1/devices p99 while ingesting, ms${at}`, 20, spread(reading.map((r) => r.devices.p99Ms)).median),
    atMost(`worst event-loop block, polling, scraping and ingesting, ms${at}`, 50, worst(blocks)),
  ];
}

function atLeast(what: string, bound: number, measured: number): Goal {
  return { what, goal: `≥ ${String(bound)}`, measured: formatNumber(measured), met: measured >= bound };
}

function atMost(what: string, bound: number, measured: number): Goal {
  return { what, goal: `≤ ${String(bound)}`, measured: formatNumber(measured), met: measured <= bound };
}
