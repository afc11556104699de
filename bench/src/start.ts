import { get } from 'node:http';
import { loadavg } from 'node:os';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Bench, BenchOptions, Goal, Table } from './bench.ts';
import { createExporter } from './exporter/exporter.ts';
import { startContestant } from './scrape/child-server.ts';
import { formatNumber, formatSpread, spread } from './statistics.ts';

/** One start, in milliseconds from the spawn. */
interface Start {
  /** First complete scrape: every device in it. */
  readonly scrapedMs: number;
  /** First scrape in which every device has its instance, which rules join on. */
  readonly joinedMs: number;
  readonly blockMs: number;
  readonly rssMib: number;
}

interface Run {
  readonly devices: number;
  readonly loadBefore: number;
  readonly ours: readonly Start[];
  readonly promClientMs: readonly number[];
}

const inflate = promisify(gunzip);

/** From starting the process to a complete gzip scrape, devices in SQLite; prom-client, filled from memory, beside it. */
export const startBench: Bench = {
  name: 'start',
  run: async (options) => {
    const runs: Run[] = [];
    for (const devices of options.devices) runs.push(await runSize(devices, options));
    return { name: 'start', tables: [table(runs)], goals: runs.flatMap(judge), raw: runs };
  },
};

async function runSize(devices: number, { rounds, without, log }: BenchOptions): Promise<Run> {
  const loadBefore = loadavg()[0] ?? NaN;
  const ours: Start[] = [];
  const promClientMs: number[] = [];
  let startedAt = 0;
  let scrapedMs = 0;
  const exporter = await createExporter(devices, {
    ready: async (url) => {
      scrapedMs = (await scrapeUntil(url, /^patch_device_info\{/gm, devices)) - startedAt;
      return true;
    },
  });
  for (let round = 0; round < rounds; round += 1) {
    startedAt = performance.now();
    await exporter.start();
    const joinedMs =
      (await scrapeUntil(exporter.url, /^patch_device_info\{[^\n]*,?\binstance="/gm, devices)) - startedAt;
    const { blockMs, rssMib } = await exporter.usage(false);
    await exporter.stop();
    if (round > 0) ours.push({ scrapedMs, joinedMs, blockMs, rssMib });
    // Slow and steady: three are enough.
    if (!without.has('prom-client') && round < 4) {
      const ms = await startPromClient(devices);
      if (round > 0) promClientMs.push(ms);
    }
    log(`${String(devices)} devices: start ${String(round + 1)} of ${String(rounds)}`);
  }
  return { devices, loadBefore, ours, promClientMs };
}

/** Scrapes until so many lines match; returns when that scrape was complete. The reading of the text is not counted. */
async function scrapeUntil(url: string, line: RegExp, count: number): Promise<number> {
  for (;;) {
    const body = await scrape(`${url}/metrics`).catch(() => undefined);
    const at = performance.now();
    if (body !== undefined) {
      const text = (await inflate(body)).toString('latin1');
      if ([...text.matchAll(line)].length >= count) return at;
    }
    await sleep(5);
  }
}

/** Undefined while there is nothing to scrape. The body stays compressed, as a client may leave it. */
function scrape(url: string): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { 'accept-encoding': 'gzip' } }, (response) => {
      buffer(response).then((body) => {
        resolve(response.statusCode === 200 ? body : undefined);
      }, reject);
    }).once('error', reject);
  });
}

async function startPromClient(devices: number): Promise<number> {
  const startedAt = performance.now();
  const server = await startContestant('prom-client', './prom-client.server.ts', String(devices));
  await scrape(server.metricsUrl);
  const ms = performance.now() - startedAt;
  await server.stop();
  return ms;
}

function table(runs: readonly Run[]): Table {
  return {
    title: 'Start to a complete gzip scrape',
    columns: [
      'devices',
      'load before',
      'first scrape ms',
      'with instances ms',
      'prom-client ms',
      'worst block ms',
      'RSS MiB',
    ],
    rows: runs.map(({ devices, loadBefore, ours, promClientMs }) => [
      String(devices),
      formatNumber(loadBefore),
      formatSpread(spread(ours.map(({ scrapedMs }) => scrapedMs))),
      formatSpread(spread(ours.map(({ joinedMs }) => joinedMs))),
      promClientMs.length === 0 ? '–' : formatSpread(spread(promClientMs)),
      formatNumber(Math.max(...ours.map(({ blockMs }) => blockMs))),
      formatSpread(spread(ours.map(({ rssMib }) => rssMib))),
    ]),
  };
}

function judge({ devices, ours, promClientMs }: Run): Goal[] {
  if (devices !== 100_000) return [];
  const ms = spread(ours.map(({ scrapedMs }) => scrapedMs)).median;
  const goals = [
    { what: 'start to first scrape, 100,000 devices, ms', goal: '≤ 2500', measured: formatNumber(ms), met: ms <= 2500 },
  ];
  if (promClientMs.length === 0) return goals;
  const ratio = spread(promClientMs).median / ms;
  return [...goals, { what: 'prom-client start ÷ ours', goal: '≥ 4', measured: formatNumber(ratio), met: ratio >= 4 }];
}
