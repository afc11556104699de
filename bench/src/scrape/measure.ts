import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { shuffled } from '../statistics.ts';
import type { Driven } from './child-server.ts';

/** What one round measured of one server. */
export interface Sample {
  readonly gzipMs: number;
  readonly gzipBytes: number;
  readonly plainMs: number | undefined;
  readonly cpuMs: number;
  readonly pollMs: number;
  readonly scrapeBlockMs: number;
  readonly pollBlockMs: number;
}

export interface Measured {
  readonly name: string;
  readonly samples: readonly Sample[];
  readonly rssKib: number;
  readonly peakRssKib: number;
}

const run = promisify(execFile);

/** A scrape by curl, which neither inflates nor keeps the body. */
async function curl(url: string, encoding: 'gzip' | 'identity'): Promise<{ ms: number; bytes: number }> {
  const format = '%{http_code} %{time_total} %{size_download}';
  const { stdout } = await run('curl', [
    '-s',
    '-o',
    '/dev/null',
    '-w',
    format,
    '-H',
    `Accept-Encoding: ${encoding}`,
    url,
  ]);
  const [status, seconds, bytes] = stdout.split(' ').map(Number);
  if (status !== 200 || seconds === undefined || bytes === undefined) throw new Error(`${url} answered ${stdout}`);
  return { ms: seconds * 1000, bytes };
}

async function measureOnce(server: Driven, share: number, plain: boolean): Promise<Sample> {
  const before = await server.usage(true);
  const pollMs = await server.poll(share);
  const { blockMs: pollBlockMs } = await server.usage(true);
  const zipped = await curl(server.metricsUrl, 'gzip');
  const after = await server.usage(true);
  const plainMs = plain ? (await curl(server.metricsUrl, 'identity')).ms : undefined;
  return {
    gzipMs: zipped.ms,
    gzipBytes: zipped.bytes,
    plainMs,
    cpuMs: after.cpuMs - before.cpuMs,
    pollMs,
    scrapeBlockMs: after.blockMs,
    pollBlockMs,
  };
}

export interface Plan {
  readonly rounds: number;
  /** Shares of the devices that a poll changes, taken in turn. */
  readonly shares: readonly number[];
  /** Servers too slow for every round; they take part in the first three. */
  readonly slow: ReadonlySet<string>;
  /** Servers that are asked for plain text too. */
  readonly plain: ReadonlySet<string>;
}

/** All servers side by side, in a new order each round; the first round is dropped. */
export async function measureRounds(servers: readonly Driven[], plan: Plan): Promise<Measured[]> {
  const samples = new Map<string, Sample[]>(servers.map(({ name }) => [name, []]));
  for (let round = 0; round < plan.rounds; round += 1) {
    const share = plan.shares[round % plan.shares.length] ?? 0;
    for (const server of shuffled(servers)) {
      if (plan.slow.has(server.name) && round > 2) continue;
      const sample = await measureOnce(server, share, plan.plain.has(server.name));
      if (round > 0) samples.get(server.name)?.push(sample);
    }
  }
  return Promise.all(
    servers.map(async (server) => {
      const { rssKib, peakRssKib } = await server.usage(false);
      return { name: server.name, samples: samples.get(server.name) ?? [], rssKib, peakRssKib };
    }),
  );
}
