import { execFile, execFileSync } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { requireProgram } from './binaries.ts';
import { freePort } from './free-port.ts';
import { createWorkFolder, startProcess, type ManagedProcess, type UserIds } from './process.ts';

export interface PostgresServer extends ManagedProcess {
  /** Connection URL of the `postgres` database, as superuser without password. */
  readonly url: string;
  /** Creates an empty database and returns its connection URL; `name` is lower-case letters, digits and underscores. */
  createDatabase(name: string): Promise<string>;
}

const superuser = 'patchhaven';

/** PostgreSQL refuses to run as root; Debian's package brings the user `postgres` for it. */
function unprivilegedUser(): UserIds | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}

async function withClient<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  // The server may drop the connection while it starts; the failed call reports it, so the event needs no second voice.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await use(client);
  } finally {
    await client.end();
  }
}

/** Starts a throw-away PostgreSQL cluster on a free loopback port: no password, no fsync, gone with this process. */
export async function startPostgres(): Promise<PostgresServer> {
  const user = unprivilegedUser();
  const folder = createWorkFolder('postgres', user);
  const data = path.join(folder, 'data');
  const initArguments = ['-D', data, '-U', superuser, '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  await promisify(execFile)(requireProgram('initdb').file, initArguments, { cwd: folder, ...user });

  const port = await freePort();
  const urlOf = (database: string) => `postgresql://${superuser}@127.0.0.1:${port}/${database}`;
  const url = urlOf('postgres');
  const settings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=100'];
  const server = await startProcess({
    name: 'postgres',
    file: requireProgram('postgres').file,
    folder,
    args: ['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', folder, ...settings.flatMap((s) => ['-c', s])],
    ...(user === undefined ? {} : { user }),
    // SIGINT is the fast shutdown: SIGTERM would wait for every client to leave.
    stopSignal: 'SIGINT',
    ready: () => withClient(url, async (client) => (await client.query('SELECT 1')).rowCount === 1),
  });

  return {
    ...server,
    url,
    createDatabase: async (name) => {
      if (!/^[a-z_][a-z0-9_]*$/.test(name)) throw new Error(`not a plain database name: ${name}`);
      await withClient(url, (client) => client.query(`CREATE DATABASE ${name}`));
      return urlOf(name);
    },
  };
}
