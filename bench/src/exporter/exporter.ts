import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { freePort } from '../../../testbed/src/free-port.ts';
import { guardFolder } from '../../../testbed/src/guardian.ts';
import { answersHttp, createProcess, type ManagedProcess } from '../../../testbed/src/process.ts';
import { buildExporter } from './build.ts';
import { prepareStore } from './prepare.ts';

/** What the exporter's process has used since its start, and how long its event loop was blocked since the last reset. */
export interface ExporterUsage {
  readonly cpuMs: number;
  readonly blockMs: number;
  readonly blockP99Ms: number;
  readonly rssMib: number;
}

export interface BenchExporter extends ManagedProcess {
  readonly url: string;
  readonly storeUrl: string;
  readonly token: string;
  usage(reset: boolean): Promise<ExporterUsage>;
}

/** A folder on the disk the repository is on: the system's folder for temporary files may be memory. */
export function createDiskFolder(name: string): string {
  const cache = fileURLToPath(new URL('../../../.cache/', import.meta.url));
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(path.join(cache, `bench-${name}-`));
  guardFolder(folder);
  return folder;
}

/** The shipped exporter over a SQLite file with this many devices, as a process; not started yet. */
export async function createExporter(
  devices: number,
  { ready }: { ready?: (url: string) => Promise<boolean> } = {},
): Promise<BenchExporter> {
  const main = await buildExporter();
  const folder = createDiskFolder('store');
  const storeUrl = `sqlite:${folder}/patchhaven.db`;
  const token = await prepareStore(storeUrl, devices);
  const config = {
    storage: { url: storeUrl },
    sources: [{ id: 'ninja', type: 'events' }],
    identity: { discovery: { enabled: false } },
    api: { metrics_auth: 'open', rate_limit: { requests_per_second: 1e6, burst: 1e6 } },
  };
  writeFileSync(path.join(folder, 'patchhaven.yaml'), stringify(config));
  const [port, probePort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${String(port)}`;
  const probe = new URL('./probe.mjs', import.meta.url).href;
  const process_ = createProcess({
    name: 'exporter',
    file: process.execPath,
    folder,
    args: [
      ...['--import', probe, main],
      ...['--config.file', 'patchhaven.yaml', '--web.listen-address', `127.0.0.1:${String(port)}`],
      ...['--log.level', 'warn'],
    ],
    env: { ...process.env, BENCH_PROBE_PORT: String(probePort) },
    ready: ready === undefined ? answersHttp(`${url}/-/ready`) : () => ready(url),
    readyTimeoutMs: 60_000,
  });
  const usage = async (reset: boolean) => {
    const answer = await fetch(`http://127.0.0.1:${String(probePort)}/${reset ? 'reset' : 'usage'}`);
    return (await answer.json()) as ExporterUsage;
  };
  return { ...process_, url, storeUrl, token, usage };
}

/** Starts it and waits until the work that follows a start (matching, second publish) is done. */
export async function startSettled(exporter: BenchExporter): Promise<void> {
  await exporter.start();
  for (let before = NaN; ;) {
    const { cpuMs } = await exporter.usage(true);
    if (cpuMs - before < 50) return;
    before = cpuMs;
    await sleep(1000);
  }
}
