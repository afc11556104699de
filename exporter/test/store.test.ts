import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPostgres, type PostgresServer } from '../../testbed/src/postgres.ts';
import { openStore, type OpenStoreOptions } from '../src/store/open-store.ts';
import type { PatchStore } from '../src/store/patch-store.ts';
import type { DeviceState } from '../src/domain/device.ts';
import { anEvent, aState } from './contract/store-builders.ts';
import { startCommitCutter } from './support/commit-cutter.ts';
import { describeStoreContract, type StoreUnderTest } from './contract/store-contract.ts';

const allEngines = ['sqlite', 'postgres'];
const engines = (process.env['PATCHHAVEN_TEST_ENGINES'] ?? allEngines.join(',')).split(',');

it('runs on engines that exist', () => {
  expect(engines.filter((engine) => !allEngines.includes(engine))).toEqual([]);
  expect(engines).not.toEqual([]);
});

async function reopenable(url: string, options: OpenStoreOptions = {}) {
  let store: PatchStore = await openStore(url, options);
  const reopen = async () => {
    await store.close();
    store = await openStore(url, options);
    return store;
  };
  return { store, reopen };
}

if (engines.includes('sqlite')) {
  const folder = mkdtempSync(path.join(tmpdir(), 'patchhaven-store-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  // Small segments, so that a few hundred events already cross from the tail into many of them.
  const underTest: StoreUnderTest = {
    create: async () => {
      const file = `${folder}/contract.db`;
      const insertState = (device: string, body: string) => {
        const database = new Database(file);
        database.prepare('INSERT INTO device_states (device, body) VALUES (?, ?)').run(device, body);
        database.close();
        return Promise.resolve();
      };
      return { ...(await reopenable(`sqlite://${file}`, { segmentSize: 64 })), insertState };
    },
  };
  describeStoreContract('SQLite', underTest);
}

describe.runIf(engines.includes('postgres'))('on a PostgreSQL server', () => {
  let server: PostgresServer;
  let databases = 0;
  const createDatabase = () => server.createDatabase(`store_${String((databases += 1))}`);

  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server.stop());

  describeStoreContract('PostgreSQL', {
    create: async () => {
      const url = await createDatabase();
      const insertState = async (device: string, body: string) => {
        const client = new Client({ connectionString: url });
        await client.connect();
        await client.query('INSERT INTO device_states (device, body) VALUES ($1, $2)', [device, body]);
        await client.end();
      };
      return { ...(await reopenable(url)), insertState };
    },
  });

  it('shares words between exporters, also those that one of them named after the other had read them', async () => {
    const url = await createDatabase();
    const [mine, theirs] = await Promise.all([openStore(url), openStore(url)]);
    const inOrganization = (key: string, organization: string) =>
      aState(key, { facts: { ...aState(key).facts, organization } });
    await Promise.all([
      mine.saveStates([inOrganization('s:1', 'acme')], 1),
      theirs.saveStates([inOrganization('s:2', 'acme'), inOrganization('s:3', 'globex')], 1),
    ]);
    const loaded: DeviceState[] = [];
    expect(await mine.loadStates((batch) => loaded.push(...batch))).toEqual({ seq: 1 });
    expect(loaded.map(({ facts }) => facts.organization)).toEqual(['acme', 'acme', 'globex']);
    await Promise.all([mine.close(), theirs.close()]);
  });

  it('migrates once when several exporters start together, and accepts each event once between them', async () => {
    const url = await createDatabase();
    const stores = await Promise.all([1, 2, 3].map(() => openStore(url)));
    const shared = Array.from({ length: 50 }, (_, i) => anEvent({ dedupKey: String(i) }));
    const answers = await Promise.all(
      stores.flatMap((store, i) => [0, 1, 2].map((j) => store.appendEvents(shared.slice(i * 5 + j)))),
    );
    expect(answers.flat().filter(({ result }) => result === 'accepted')).toHaveLength(50);
    await Promise.all(stores.map((store) => store.close()));
  });

  it('finds out what became of a commit whose answer was lost', async () => {
    const url = new URL(await createDatabase());
    const proxy = await startCommitCutter(Number(url.port));
    const direct = await openStore(url.href);
    url.port = String(proxy.port);
    const store = await openStore(url.href);
    proxy.cutNextCommit();
    expect(await store.appendEvents([anEvent({})])).toMatchObject([{ result: 'accepted' }]);
    expect(proxy.cuts()).toBe(1);
    expect(await direct.queryEvents({ scope: 'all', order: 'asc', limit: 10 })).toHaveLength(1);
    await Promise.all([store.close(), direct.close()]);
    await proxy.close();
  });

  it('reads the password from its file for each connection', async () => {
    const admin = new Client({ connectionString: server.url });
    await admin.connect();
    await admin.query("CREATE ROLE exporter LOGIN SUPERUSER PASSWORD 'first'");
    const { rows } = await admin.query<{ hba_file: string }>('SHOW hba_file');
    const hbaFile = rows[0]?.hba_file ?? '';
    writeFileSync(hbaFile, `host all exporter 127.0.0.1/32 scram-sha-256\n${readFileSync(hbaFile, 'utf8')}`);
    await admin.query('SELECT pg_reload_conf()');
    const folder = mkdtempSync(path.join(tmpdir(), 'patchhaven-password-'));
    const passwordFile = path.join(folder, 'password');
    const url = new URL(await createDatabase());
    url.username = 'exporter';

    writeFileSync(passwordFile, 'first\n');
    const store = await openStore(url.href, { passwordFile });
    await admin.query("ALTER ROLE exporter PASSWORD 'second'");
    await admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'exporter'");
    await expect.poll(() => store.check().catch((error: unknown) => (error as Error).message)).toMatch(/28P01/);
    writeFileSync(passwordFile, 'second\n');
    await store.check();
    await store.close();
    rmSync(folder, { recursive: true });
    await admin.end();
  });

  it('reports an unreachable server as unavailable and works again when it is back', async () => {
    const store = await openStore(await createDatabase());
    const event = anEvent({});
    await server.kill();
    await expect(store.appendEvents([event])).rejects.toMatchObject({ kind: 'unavailable' });
    await expect(store.check()).rejects.toMatchObject({ kind: 'unavailable' });
    await server.start();
    expect(await store.appendEvents([event])).toMatchObject([{ result: 'accepted' }]);
    await store.close();
  }, 60_000);
});
