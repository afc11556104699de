import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { noCapabilities } from '../../exporter/src/domain/capabilities.ts';
import { defaultPolicy } from '../../exporter/src/domain/policy.ts';
import { Fleet } from '../../exporter/src/fleet/fleet.ts';
import { SourceBoard } from '../../exporter/src/fleet/source-board.ts';
import { type RunningApi, startApi } from '../../exporter/test/support/api.ts';
import type { Bench, BenchOptions, Goal, Table } from './bench.ts';
import { deviceAt } from './scrape/fleet.ts';
import { formatNumber, formatSpread, spread } from './statistics.ts';

/** What the pages ask of a whole fleet. */
const questions: Readonly<Record<string, string>> = {
  'devices, first page by name': '/devices?limit=100',
  'devices, longest wait for a restart': '/devices?rebootPending=true&sort=rebootPendingSince&limit=100',
  'devices, oldest missing critical': '/devices?missingCritical=true&sort=oldestMissingCriticalAt&limit=100',
  'devices, failed lately': '/devices?failed=true&sort=lastFailureAt&order=desc&limit=100',
  'devices, worst verdict': '/devices?sort=compliance&limit=100',
  'devices, text in the name': '/devices?text=srv-7&limit=100',
  'devices, one update that failed': '/devices?patch=KB5040007&patchStatus=failed&limit=100',
  'devices, one organization': '/devices?organization=client-3&limit=100',
  'devices, a thousand by last install': '/devices?sort=lastInstallAt&order=desc&limit=1000',
};
const overviews: Readonly<Record<string, string>> = {
  'compliance by organization': '/compliance',
  'compliance by site': '/compliance?by=site',
  'updates, oldest first': '/updates?sort=oldest',
  'one update': '/updates/KB5040007',
  'topology of sites': '/topology?depth=site',
};
const goalMs = 300;

/** Time from request to last byte over loopback, one caller, with the work of the client on the same machine. */
export const apiBench: Bench = {
  name: 'api',
  run: async (options) => {
    const tables: Table[] = [];
    const goals: Goal[] = [];
    const raw: unknown[] = [];
    for (const devices of options.devices) {
      const { table, worst } = await runSize(devices, options);
      tables.push(table);
      raw.push(table);
      if (devices === 100_000)
        goals.push({
          what: 'slowest filter of devices, median ms',
          goal: `≤ ${String(goalMs)}`,
          measured: formatNumber(worst),
          met: worst <= goalMs,
        });
    }
    return { name: 'api', tables, goals, raw };
  },
};

async function runSize(devices: number, { rounds, log }: BenchOptions): Promise<{ table: Table; worst: number }> {
  const clock = { now: () => 1_760_003_600 };
  const sources = new SourceBoard();
  sources.declare([{ id: 'ninja', type: 'ninjaone', capabilities: noCapabilities, snapshotIntervalSeconds: 300 }]);
  const fleet = new Fleet({ clock, sources, policy: () => defaultPolicy.compliance, perOrganization: () => true });
  const touch = (): void => {
    fleet.restore(
      Array.from({ length: devices }, (_, index) => deviceAt(index, 0).state),
      1,
    );
  };
  touch();
  log(`${String(devices)} devices are in the fleet`);
  const api = await startApi({ views: [], deps: { fleet } });
  const token = api.token('viewer');
  try {
    const rows: string[][] = [];
    let worst = 0;
    for (const [name, path] of Object.entries({ ...questions, ...overviews })) {
      touch();
      const fresh = await time(api, path, token);
      const warm = spread(await repeat(rounds, () => time(api, path, token)));
      if (name in questions) worst = Math.max(worst, warm.median);
      rows.push([name, formatSpread(warm), formatNumber(fresh)]);
    }
    rows.push(['CSV of all devices', formatSpread(spread(await repeat(rounds, () => time(api, csv, token)))), '–']);
    const block = await blockDuring(() => time(api, csv, token));
    const title = `${String(devices)} devices; longest block of the event loop during a CSV: ${formatNumber(block)} ms`;
    return { table: { title, columns: ['question', 'ms', 'ms right after a complete read'], rows }, worst };
  } finally {
    await api.close();
  }
}

const csv = '/devices?format=csv';

async function time(api: RunningApi, path: string, token: string): Promise<number> {
  const began = performance.now();
  const response = await api.get(`/api/v1${path}`, token);
  await response.arrayBuffer();
  if (response.status !== 200) throw new Error(`${path} answered ${String(response.status)}`);
  return performance.now() - began;
}

/** The first round warms up and is dropped. */
async function repeat(rounds: number, measure: () => Promise<number>): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) times.push(await measure());
  return times.slice(1);
}

async function blockDuring(work: () => Promise<unknown>): Promise<number> {
  const state = { done: false };
  const working = work().then(() => {
    state.done = true;
  });
  let worst = 0;
  for (let last = performance.now(); !state.done;) {
    await setImmediate();
    const at = performance.now();
    worst = Math.max(worst, at - last);
    last = at;
  }
  await working;
  return worst;
}
