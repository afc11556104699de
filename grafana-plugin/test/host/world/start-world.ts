import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { serve } from '../../../../exporter/src/app/serve.ts';
import { createToken } from '../../../../exporter/src/http/auth/token.ts';
import { createLog } from '../../../../exporter/src/log.ts';
import { openStore } from '../../../../exporter/src/store/open-store.ts';
import type { PatchStore, Role } from '../../../../exporter/src/store/patch-store.ts';
import { createSimulator, DEFAULT_CLIENT } from '../../../../simulators/ninjaone/src/simulator.ts';
import { demoFleet, demoSources } from './demo-fleet.ts';
import { startFakePrometheus } from './fake-prometheus.ts';
import { largeFleet } from './large-fleet.ts';
import { eventsOf, type Machine } from './machine.ts';
import { daysAgo, hoursAgo, minutesAgo, nowUnixSeconds } from './night.ts';

export const worldNames = ['demo', 'empty', 'large', 'orders'] as const;
export type WorldName = (typeof worldNames)[number];

/** A real exporter with data that are the same at every start, and the Prometheus it watches. */
export interface RunningWorld {
  readonly exporterUrl: string;
  readonly prometheusUrl: string;
  /** Bearer token of the data source: a viewer's, so that only a signed user may act. */
  readonly token: string;
  /** For tests that look behind the screens. */
  readonly adminToken: string;
  /** Ends the exporter alone; calls to it are refused from then on. */
  killExporter(): Promise<void>;
  close(): Promise<void>;
}

/** Grafana whose signed users the exporter trusts. */
export interface TrustedGrafana {
  readonly rootUrl: string;
  readonly jwksUrl: string;
}

const fleets: Readonly<Record<WorldName, () => readonly Machine[]>> = {
  demo: demoFleet,
  empty: () => [],
  large: () => largeFleet(demoSources.answering),
  // Its machines are those of the simulator.
  orders: () => [],
};

/** Starts the exporter in this process with its clock at `nowUnixSeconds`. */
export async function startWorld(name: WorldName, grafana: TrustedGrafana): Promise<RunningWorld> {
  const machines = fleets[name]();
  const folder = mkdtempSync(path.join(tmpdir(), 'patchhaven-world-'));
  const storageUrl = `sqlite:${path.join(folder, 'patchhaven.db')}`;
  const tokens = await seed(storageUrl, machines);
  const prometheus = await startFakePrometheus(machines);
  const rmm = name === 'orders' ? await startRmm(folder) : undefined;
  const configFile = path.join(folder, 'patchhaven.yaml');
  writeSnapshot(path.join(folder, 'snapshots'), machines);
  writeFileSync(
    configFile,
    JSON.stringify({ ...configuration(name, folder, storageUrl, prometheus.url, grafana), ...rmm?.configuration }),
  );
  const exporter = await serve({
    configFile,
    listenAddresses: ['127.0.0.1:0'],
    webConfigFile: undefined,
    env: {},
    clock: { now: () => nowUnixSeconds },
    log: createLog({ level: 'error', format: 'json' }),
    version: '0.1.0',
  });
  await exporter.ready;
  const url = exporter.urls[0] ?? '';
  await sourcesAreRead(url, tokens.admin, name);
  if (rmm !== undefined) await isMatched(url, tokens.admin, rmm.matched);
  let killed: Promise<void> | undefined;
  const killExporter = (): Promise<void> => (killed ??= exporter.close());
  return {
    exporterUrl: url,
    prometheusUrl: prometheus.url,
    token: tokens.viewer,
    adminToken: tokens.admin,
    killExporter,
    async close() {
      await killExporter();
      await prometheus.close();
      await rmm?.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A NinjaOne that takes orders, with two machines, one of them matched. Its clock stands still like the exporter's, so nothing settles. */
async function startRmm(folder: string) {
  const simulator = createSimulator({
    clock: { now: () => nowUnixSeconds },
    devices: 2,
    organizations: 1,
    named: [
      { systemName: 'IB-SQL01', nodeClass: 'WINDOWS_SERVER' },
      { systemName: 'IB-FS01', nodeClass: 'WINDOWS_SERVER' },
    ],
    historyActivities: 0,
  });
  const { url, close } = await simulator.listen();
  const clientSecretFile = path.join(folder, 'rmm-secret');
  writeFileSync(clientSecretFile, DEFAULT_CLIENT.secret);
  const matched = 'ninja:1001';
  const source = {
    id: 'ninja',
    type: 'ninjaone',
    interval: '1d',
    orders: { enabled: true },
    options: {
      baseUrl: url,
      clientId: DEFAULT_CLIENT.id,
      clientSecretFile,
      // Tokens of a bucket come back with time.
      http: { requestsPerSecond: 1_000, burst: 1_000 },
    },
  };
  return {
    matched,
    configuration: {
      sources: [source],
      identity: { map: { [matched]: 'ib-sql01:9182' }, discovery: { interval: '1s' } },
    },
    close,
  };
}

async function seed(storageUrl: string, machines: readonly Machine[]): Promise<Record<'viewer' | 'admin', string>> {
  const store = await openStore(storageUrl);
  const save = async (tokenName: string, role: Role): Promise<string> => {
    const { id, text, secretHash } = createToken();
    await store.saveToken({ id, name: tokenName, role, organizations: 'all', secretHash, createdAt: daysAgo(90) });
    return text;
  };
  const tokens = { viewer: await save('grafana', 'viewer'), admin: await save('operations', 'admin') };
  const events = machines.flatMap((machine) => eventsOf(machine, daysAgo(28)));
  await store.appendEvents(events.sort((a, b) => a.receivedAt - b.receivedAt));
  const ledger = machines.flatMap((machine) => machine.ledger);
  await store.recordDecisions(
    machines.flatMap(({ windows }) => windows),
    ledger.sort((a, b) => a.at - b.at),
  );
  if (machines.length > 0) await seedRecords(store, machines.length);
  await store.close();
  return tokens;
}

/** What the Sources and Configuration pages show of earlier hours. */
async function seedRecords(store: PatchStore, devices: number): Promise<void> {
  const none = { dropped: {}, unknownWords: {} };
  for (const minutes of [60, 45, 30, 15])
    await store.recordRun({
      source: demoSources.answering,
      kind: 'snapshot',
      startedAt: minutesAgo(minutes),
      endedAt: minutesAgo(minutes) + 3,
      ok: true,
      devices,
      ...none,
    });
  await store.recordRun({
    source: demoSources.down,
    kind: 'snapshot',
    startedAt: hoursAgo(27) - 5,
    endedAt: hoursAgo(27),
    ok: true,
    devices: 8,
    ...none,
  });
  await store.appendAudit({
    at: hoursAgo(8),
    actor: 'token:grafana user:dana',
    action: 'window.open',
    target: 'plan-mc-rds01',
    organization: 'meridian-clinic',
    outcome: 'done',
    detail: 'profile disk migration',
  });
}

/** The file source reads what its own events said last, so that the log and the read agree. */
function writeSnapshot(directory: string, machines: readonly Machine[]): void {
  mkdirSync(directory);
  const own = machines.filter(({ source }) => source === demoSources.answering);
  const devices = own.map(({ facts: { vendorId, parentVendorId, ...facts } }) => ({
    id: vendorId,
    ...facts,
    ...(parentVendorId !== undefined && { parentId: parentVendorId }),
  }));
  const snapshot = { format: 'patchhaven.snapshot/v1', generatedAt: minutesAgo(0.5), devices };
  writeFileSync(path.join(directory, 'fleet.json'), JSON.stringify(snapshot));
}

function configuration(
  name: WorldName,
  folder: string,
  storageUrl: string,
  prometheusUrl: string,
  grafana: TrustedGrafana,
): object {
  const rmm = {
    id: demoSources.answering,
    type: 'file',
    interval: '1d',
    options: { directory: path.join(folder, 'snapshots') },
  };
  const ninja = {
    id: demoSources.down,
    type: 'ninjaone',
    interval: '5m',
    // Nothing listens on the discard port.
    options: {
      baseUrl: 'http://127.0.0.1:65534',
      clientId: 'patchhaven',
      clientSecretFile: path.join(folder, 'secret'),
    },
  };
  writeFileSync(path.join(folder, 'secret'), 'not-a-secret');
  return {
    storage: { url: storageUrl },
    prometheus: [{ name: 'main', url: prometheusUrl, organization_label: 'organization' }],
    watcher: { interval: '5s', down_alerts: ['HostDown'], jobs: ['node', 'windows'] },
    policy: { budget: { groups: { 'Domain controllers': '45m' } } },
    checks: [
      { name: 'windows-exporter', query: 'up{instance="{{instance}}"} == 1', os: ['windows'] },
      { name: 'node-exporter', query: 'up{instance="{{instance}}"} == 1', os: ['linux'] },
      {
        name: 'iis',
        query: 'windows_service_state{instance="{{instance}}", name="w3svc", state="running"}',
        groups: ['Web'],
      },
      {
        name: 'exchange-transport',
        query: 'windows_service_state{instance="{{instance}}", name="msexchangetransport", state="running"}',
        groups: ['Exchange'],
      },
    ],
    api: {
      rate_limit: { requests_per_second: 10_000, burst: 10_000 },
      grafana: {
        root_url: grafana.rootUrl,
        jwks_url: grafana.jwksUrl,
        organizations: { '1': 'all' },
        roles: { Viewer: 'viewer', Editor: 'operator', Admin: 'admin' },
      },
    },
    sources: name === 'empty' ? [] : [rmm, ninja, { id: 'pipeline', type: 'events' }],
  };
}

/** Resolves when every source that reads has ended its first read, well or not. */
async function sourcesAreRead(url: string, token: string, name: WorldName): Promise<void> {
  const expected = { demo: 2, empty: 0, large: 2, orders: 1 }[name];
  const now = new Date(nowUnixSeconds * 1000).toISOString();
  await until('the sources of the world were not read in time', async () => {
    const { items } = (await read(url, token, 'sources')) as { items: { lastAttemptAt: string | null }[] };
    return items.filter(({ lastAttemptAt }) => lastAttemptAt === now).length >= expected;
  });
}

async function isMatched(url: string, token: string, device: string): Promise<void> {
  await until(`${device} was not matched in time`, async () => {
    const { identity } = (await read(url, token, `devices/${device}`)) as { identity?: { status: string } };
    return identity?.status === 'matched';
  });
}

async function read(url: string, token: string, path: string): Promise<unknown> {
  return await (await fetch(`${url}/api/v1/${path}`, { headers: { authorization: `Bearer ${token}` } })).json();
}

async function until(otherwise: string, condition: () => Promise<boolean>): Promise<void> {
  const limit = Date.now() + 20_000;
  while (Date.now() < limit) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(otherwise);
}
