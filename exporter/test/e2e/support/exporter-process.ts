import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { stringify } from 'yaml';
import {
  answersHttp,
  createProcess,
  createWorkFolder,
  freePort,
  type ManagedProcess,
} from '../../../../testbed/src/index.ts';
import { createToken } from '../../../src/http/auth/token.ts';
import { openStore } from '../../../src/store/open-store.ts';
import type { OrganizationScope, Role } from '../../../src/store/patch-store.ts';

/** By its path: the process runs in a folder of its own, where no package resolves. */
const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));

export interface Tokens {
  /** Reports events for every organization. */
  readonly reporter: string;
  readonly acmeReporter: string;
  readonly globexReporter: string;
  readonly operator: string;
  /** Prometheus' own. */
  readonly scraper: string;
}

export interface ExporterProcess extends ManagedProcess {
  /** `host:port`, known before the start. */
  readonly address: string;
  readonly url: string;
  readonly tokens: Tokens;
}

/** Makes the store with its tokens and describes the process; it does not run before `start`. */
export async function createExporter(configOf: (storageUrl: string) => object): Promise<ExporterProcess> {
  const folder = createWorkFolder('exporter');
  const storageUrl = `sqlite:${path.join(folder, 'patchhaven.db')}`;
  const configFile = path.join(folder, 'patchhaven.yaml');
  const address = `127.0.0.1:${String(await freePort())}`;
  writeFileSync(configFile, stringify(configOf(storageUrl)));
  const tokens = await saveTokens(storageUrl);
  const managed = createProcess({
    name: 'exporter',
    file: 'node',
    args: ['--import', loader, main, `--config.file=${configFile}`, `--web.listen-address=${address}`],
    folder,
    ready: answersHttp(`http://${address}/-/ready`),
    readyTimeoutMs: 60_000,
  });
  return { ...managed, address, url: `http://${address}`, tokens };
}

async function saveTokens(storageUrl: string): Promise<Tokens> {
  const store = await openStore(storageUrl);
  const save = async (name: string, role: Role, scope: OrganizationScope): Promise<string> => {
    const { id, text, secretHash } = createToken();
    await store.saveToken({ id, name, role, organizations: scope, secretHash, createdAt: 0 });
    return text;
  };
  const tokens = {
    reporter: await save('pipeline', 'reporter', 'all'),
    acmeReporter: await save('acme-pipeline', 'reporter', ['acme']),
    globexReporter: await save('globex-pipeline', 'reporter', ['globex']),
    operator: await save('on-call', 'operator', 'all'),
    scraper: await save('prometheus', 'viewer', 'all'),
  };
  await store.close();
  return tokens;
}
