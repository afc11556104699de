import { fork, spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Bench, Goal, Table } from './bench.ts';
import type { Reading } from './connectors/reader.ts';
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

/** Heap that may grow between a tenth and all of a fleet that is read as a stream: update lists are kept, devices are not. */
const maxGrowthMib = 64;

/** Reading a whole fleet once from each vendor's simulator, within its rate limit; `--devices 50000` is the promise. */
export const connectorsBench: Bench = {
  name: 'connectors',
  run: async (options) => {
    const devices = options.devices.at(-1) ?? 50_000;
    const readings: { readonly vendor: Vendor; readonly reading: Reading }[] = [];
    for (const vendor of vendors.filter(({ type }) => !options.without.has(type))) {
      const reading = await readFrom(vendor, devices);
      options.log(`${vendor.type}: ${String(reading.devices)} devices in ${formatNumber(reading.seconds)} s`);
      readings.push({ vendor, reading });
    }
    const rows = readings.map(({ vendor, reading }) => row(vendor, reading));
    const table: Table = { title: `A complete read of ${String(devices)} devices`, columns, rows };
    return {
      name: 'connectors',
      tables: [table],
      goals: readings.flatMap(({ vendor, reading }) => judge(vendor, reading, devices)),
      raw: readings.map(({ vendor, reading }) => ({ type: vendor.type, ...reading })),
    };
  },
};

const columns = [
  'source',
  'devices',
  'seconds',
  'requests',
  'requests/s',
  'limit/s',
  'refused',
  'heap MiB at 10 % / 50 % / end',
  'peak RSS MiB',
];

function row({ type, requestsPerSecond }: Vendor, reading: Reading): string[] {
  const { devices, seconds, requests, refusals, heapMib, peakRssMib } = reading;
  return [
    type,
    String(devices),
    formatNumber(seconds),
    String(requests),
    formatNumber(requests / seconds),
    String(requestsPerSecond),
    String(refusals),
    heapMib.map((mib) => (Number.isNaN(mib) ? '–' : formatNumber(mib))).join(' / '),
    formatNumber(peakRssMib),
  ];
}

function judge({ type }: Vendor, { devices, heapMib, refusals }: Reading, expected: number): Goal[] {
  const [tenth, , all] = heapMib;
  const growth = all - tenth;
  return [
    {
      what: `${type}: devices read`,
      goal: `≥ ${String(expected * 0.9)}`,
      measured: String(devices),
      met: devices >= expected * 0.9,
    },
    { what: `${type}: requests past the limit`, goal: '0', measured: String(refusals), met: refusals === 0 },
    ...(Number.isNaN(growth)
      ? []
      : [
          {
            what: `${type}: heap growth from 10 % to the end, MiB`,
            goal: `≤ ${String(maxGrowthMib)}`,
            measured: formatNumber(growth),
            met: growth <= maxGrowthMib,
          },
        ]),
  ];
}

async function readFrom(vendor: Vendor, devices: number): Promise<Reading> {
  const simulator = startSimulator(vendor, devices);
  try {
    const baseUrl = await simulator.url;
    const rate = vendor.requestsPerSecond;
    const http = { requestsPerSecond: rate * 0.9, burst: rate, timeoutSeconds: 120, concurrency: 4 };
    const reader = fileURLToPath(new URL('./connectors/reader.ts', import.meta.url));
    const args = [vendor.type, JSON.stringify({ baseUrl, ...vendor.options, http }), String(devices)];
    return await resultOf(
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

async function resultOf(child: ChildProcess): Promise<Reading> {
  return await new Promise((resolve, reject) => {
    child.once('message', (message) => {
      resolve(message as Reading);
      child.kill();
    });
    child.once('exit', (code) => {
      reject(new Error(`the reader ended with ${String(code)}`));
    });
  });
}
