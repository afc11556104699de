import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createToken } from '../../../exporter/src/http/auth/token.ts';
import { openStore } from '../../../exporter/src/store/open-store.ts';
import { answersHttp, createProcess, freePort, type ManagedProcess } from '../../../testbed/src/index.ts';

const exporterFolder = fileURLToPath(new URL('../../../exporter/', import.meta.url));

export interface ExporterProcess extends ManagedProcess {
  /** `host:port`, known before the start. */
  readonly address: string;
  readonly url: string;
  /** Reads everything, writes nothing. */
  readonly token: string;
  readonly tokenFile: string;
  /** Writes the configuration; to be called before the first start. */
  configure(yamlText: string): void;
  readonly storageUrl: string;
}

/** The exporter as a program of its own, on SQLite in `folder`, so that it can be killed and started again. */
export async function createExporter(folder: string): Promise<ExporterProcess> {
  const storageUrl = `sqlite:${path.join(folder, 'patchhaven.db')}`;
  const configFile = path.join(folder, 'patchhaven.yaml');
  const tokenFile = path.join(folder, 'token');
  const address = `127.0.0.1:${String(await freePort())}`;
  const token = await saveToken(storageUrl);
  writeFileSync(tokenFile, token, { mode: 0o600 });
  const managed = createProcess({
    name: 'exporter',
    file: process.execPath,
    args: [...program(), 'serve', `--config.file=${configFile}`, `--web.listen-address=${address}`],
    folder,
    ready: answersHttp(`http://${address}/-/ready`),
    readyTimeoutMs: 60_000,
  });
  return {
    ...managed,
    address,
    url: `http://${address}`,
    token,
    tokenFile,
    storageUrl,
    configure: (yamlText) => {
      writeFileSync(configFile, yamlText);
    },
  };
}

/** The build, as users run it, unless the source has moved on since. */
function program(): string[] {
  const built = path.join(exporterFolder, 'dist/main.js');
  if (existsSync(built) && statSync(built).mtimeMs > newestChange(path.join(exporterFolder, 'src'))) return [built];
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  return ['--import', loader, path.join(exporterFolder, 'src/main.ts')];
}

function newestChange(folder: string): number {
  const times = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => statSync(path.join(entry.parentPath, entry.name)).mtimeMs);
  return Math.max(...times);
}

async function saveToken(storageUrl: string): Promise<string> {
  const store = await openStore(storageUrl);
  try {
    const { id, text, secretHash } = createToken();
    await store.saveToken({ id, name: 'demo', role: 'viewer', organizations: 'all', secretHash, createdAt: 0 });
    return text;
  } finally {
    await store.close();
  }
}
