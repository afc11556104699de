import { fork, spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Bench, Goal, Table } from './bench.ts';
import type { Memory } from './connectors/measured-source.ts';
import type { Reading } from './connectors/reader.ts';
import type { StoredReading } from './connectors/store-reader.ts';
import { formatNumber } from './statistics.ts';

interface Vendor {
  readonly type: string;
  /** What the vendor allows, or what we ask of one that allows anything; the simulator refuses more. */
  readonly requestsPerSecond: number;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Vendors without limits of their own get a rate that shows how many requests there are, and not how fast we ask by default. */
const vendors: readonly Vendor[] = [
  { type: 'datto-rmm', requestsPerSecond: 10, options: { apiKey: 'simulator-key', apiSecret: 'simulator-secret' } },
  { type: 'tactical-rmm', requestsPerSecond: 100, options: { apiKey: 'simulator-key', timeZone: 'UTC' } },
  {
    type: 'connectwise-automate',
    requestsPerSecond: 100,
    options: {
      clientId: '11111111-2222-4333-8444-555555555555',
      userName: 'simulator',
      userPassword: 'simulator-password',
      timeZone: 'UTC',
    },
  },
  {
    type: 'ninjaone',
    requestsPerSecond: 100,
    options: { clientId: 'simulator-client', clientSecret: 'simulator-secret' },
  },
];

/**
 * What one read may hold above what was alive before it: a page, and what has to be kept of lists that come by update or by
 * report and not by device.
 */
const maxHeldMib = 64;

/** Reading a whole fleet once from each vendor's simulator, within its rate limit; `--devices 50000` is the promise. */
export const connectorsBench: Bench = {
  name: 'connectors',
  run: async (options) => {
    const devices = options.devices.at(-1) ?? 50_000;
    const readings: { readonly vendor: Vendor; readonly reading: Reading }[] = [];
    let stored: readonly StoredReading[] = [];
    for (const vendor of vendors.filter(({ type }) => !options.without.has(type))) {
      const reading = await readFrom<Reading>('reader', vendor, devices);
      options.log(`${vendor.type}: ${String(reading.devices)} devices in ${formatNumber(reading.seconds)} s`);
      readings.push({ vendor, reading });
      if (vendor.type === storedType)
        stored = await readFrom<readonly StoredReading[]>('store-reader', vendor, devices);
    }
    const tables: Table[] = [
      {
        title: `A complete read of ${String(devices)} devices`,
        columns,
        rows: readings.map(({ vendor, reading }) => row(vendor, reading)),
      },
      {
        title: `The same read of ${storedType} through collector and fleet into SQLite`,
        columns: ['read', 'devices', 'stored', 'seconds', liveColumn, 'peak RSS MiB'],
        rows: stored.map(storedRow),
      },
    ];
    return {
      name: 'connectors',
      tables: tables.filter(({ rows }) => rows.length > 0),
      goals: [
        ...readings.flatMap(({ vendor, reading }) => judge(vendor, reading, devices)),
        ...stored.flatMap(judgeStored),
      ],
      raw: { readings: readings.map(({ vendor, reading }) => ({ type: vendor.type, ...reading })), stored },
    };
  },
};

/** The one whose devices say most: every update by name. */
const storedType = 'ninjaone';
const liveColumn = 'live MiB before / most / after';

const columns = [
  'source',
  'devices',
  'seconds',
  'requests',
  'requests/s',
  'limit/s',
  'refused',
  liveColumn,
  'peak RSS MiB',
];

function row({ type, requestsPerSecond }: Vendor, reading: Reading): string[] {
  const { devices, seconds, requests, refusals, liveMib, peakRssMib } = reading;
  return [
    type,
    String(devices),
    formatNumber(seconds),
    String(requests),
    formatNumber(requests / seconds),
    String(requestsPerSecond),
    String(refusals),
    liveText(liveMib),
    formatNumber(peakRssMib),
  ];
}

function storedRow({ what, devices, stored, seconds, liveMib, peakRssMib }: StoredReading): string[] {
  const counts = [String(devices), String(stored), formatNumber(seconds)];
  return [what, ...counts, liveText(liveMib), peakRssMib === undefined ? '–' : formatNumber(peakRssMib)];
}

function liveText(live: Memory['liveMib']): string {
  return live === undefined ? '–' : [live.before, live.most, live.after].map(formatNumber).join(' / ');
}

function judge({ type }: Vendor, { devices, liveMib, refusals }: Reading, expected: number): Goal[] {
  const held = liveMib.most - liveMib.before;
  return [
    {
      what: `${type}: devices read`,
      goal: `≥ ${String(expected * 0.9)}`,
      measured: String(devices),
      met: devices >= expected * 0.9,
    },
    { what: `${type}: requests past the limit`, goal: '0', measured: String(refusals), met: refusals === 0 },
    {
      what: `${type}: most that one read held, MiB`,
      goal: `≤ ${String(maxHeldMib)}`,
      measured: formatNumber(held),
      met: held <= maxHeldMib,
    },
  ];
}

/** What the fleet holds before and afterwards is the product's memory of it, and not the read's. */
function judgeStored({ what, liveMib }: StoredReading): Goal[] {
  if (liveMib === undefined) return [];
  const held = liveMib.most - Math.max(liveMib.before, liveMib.after);
  return [
    {
      what: `${storedType}, ${what}: most held above the fleet itself, MiB`,
      goal: `≤ ${String(maxHeldMib)}`,
      measured: formatNumber(held),
      met: held <= maxHeldMib,
    },
  ];
}

/** `program` runs beside the simulator in a process of its own and tells one result. */
async function readFrom<Result>(program: 'reader' | 'store-reader', vendor: Vendor, devices: number): Promise<Result> {
  const simulator = startSimulator(vendor, devices);
  try {
    const baseUrl = await simulator.url;
    const rate = vendor.requestsPerSecond;
    const http = { requestsPerSecond: rate * 0.9, burst: rate, timeoutSeconds: 120, concurrency: 4 };
    const reader = fileURLToPath(new URL(`./connectors/${program}.ts`, import.meta.url));
    const args = [vendor.type, JSON.stringify({ baseUrl, ...vendor.options, http })];
    return await resultOf<Result>(
      fork(reader, args, { execArgv: ['--expose-gc', '--import', 'tsx'], serialization: 'advanced' }),
    );
  } finally {
    simulator.child.kill();
  }
}

function startSimulator({ type, requestsPerSecond }: Vendor, devices: number) {
  const main = fileURLToPath(new URL(`../../simulators/${type}/src/main.ts`, import.meta.url));
  // NinjaOne's simulator has no rate limit on its command line; what is asked of it is held by the client alone.
  const limit = type === 'ninjaone' ? [] : ['--requests-per-second', String(requestsPerSecond)];
  const flags = ['--devices', String(devices), '--organizations', '200', ...limit];
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = (async () => {
    for await (const line of createInterface({ input: child.stdout })) {
      const found = /http:\/\/[\d.]+:\d+/.exec(line)?.[0];
      if (found !== undefined) return found;
    }
    throw new Error(`the simulator of ${type} did not start`);
  })();
  return { child, url };
}

async function resultOf<Result>(child: ChildProcess): Promise<Result> {
  return await new Promise((resolve, reject) => {
    child.once('message', (message) => {
      resolve(message as Result);
      child.kill();
    });
    child.once('exit', (code) => {
      reject(new Error(`the reader ended with ${String(code)}`));
    });
  });
}
