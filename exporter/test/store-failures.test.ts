import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import { openStore } from '../src/store/open-store.ts';
import { anEvent, aState, aWindow } from './contract/store-builders.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'patchhaven-failures-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const batch = (from: number, count = 100) =>
  Array.from({ length: count }, (_, i) => anEvent({ dedupKey: String(from + i) }));

describe('a SQLite store', () => {
  it('says that the disk is full, stores nothing of the call, and goes on when there is room', async () => {
    const url = `sqlite://${folder}/full.db`;
    const small = await openStore(url, { maxPages: 120, segmentSize: 64 });
    let accepted = 0;
    const fill = async () => {
      for (;;) accepted += (await small.appendEvents(batch(accepted))).length;
    };
    await expect(fill()).rejects.toMatchObject({ kind: 'full', message: expect.stringMatching(/disk is full/) });
    expect(accepted).toBeGreaterThan(0);
    const query = { scope: 'all', order: 'asc', limit: 100_000 } as const;
    expect(await small.queryEvents(query)).toHaveLength(accepted);
    await small.check();
    expect(new Set((await small.appendEvents(batch(0))).map(({ result }) => result))).toEqual(new Set(['duplicate']));
    await small.close();

    const roomy = await openStore(url, { segmentSize: 64 });
    expect(await roomy.queryEvents(query)).toHaveLength(accepted);
    expect((await roomy.appendEvents(batch(accepted)))[0]).toMatchObject({ result: 'accepted' });
    await roomy.close();
  });

  it('says that a file is no database', async () => {
    writeFileSync(path.join(folder, 'text.db'), 'not a database, but long enough to look at: '.repeat(200));
    await expect(openStore(`sqlite://${folder}/text.db`)).rejects.toMatchObject({ kind: 'corrupt' });
  });

  it('says that a damaged file is corrupt and does not answer from what is left', async () => {
    const file = path.join(folder, 'damaged.db');
    const store = await openStore(`sqlite://${file}`);
    for (let i = 0; i < 10; i += 1) await store.appendEvents(batch(i * 100));
    await store.close();
    truncateSync(file, statSync(file).size - 40 * 4096);
    const damaged = openStore(`sqlite://${file}`).then(async (opened) => {
      try {
        await opened.queryEvents({ scope: 'all', order: 'asc', limit: 10_000 });
      } finally {
        await opened.close();
      }
    });
    await expect(damaged).rejects.toMatchObject({ kind: 'corrupt' });
  });

  it('refuses a file that another exporter holds, and takes it once that one is gone', async () => {
    const url = `sqlite://${folder}/locked.db`;
    const first = await openStore(url);
    await expect(openStore(url)).rejects.toMatchObject({
      kind: 'locked',
      message: expect.stringMatching(/locked\.db is in use by another patchhaven process/),
    });
    await first.check();
    await first.close();
    await (await openStore(url)).close();
  });

  it('reports a foreign lock on the file as locked and works again when it is released', async () => {
    const file = path.join(folder, 'foreign.db');
    const store = await openStore(`sqlite://${file}`, { busyTimeoutMs: 50 });
    const foreign = new Database(file);
    foreign.exec('BEGIN IMMEDIATE');
    await expect(store.appendEvents(batch(0))).rejects.toMatchObject({ kind: 'locked' });
    foreign.exec('ROLLBACK');
    foreign.close();
    expect((await store.appendEvents(batch(0)))[0]).toMatchObject({ result: 'accepted' });
    await store.close();
  });

  it('reports a folder that is not there as unavailable', async () => {
    await expect(openStore(`sqlite://${folder}/no/such/folder.db`)).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('refuses a store that a newer release has written', async () => {
    const file = path.join(folder, 'newer.db');
    await (await openStore(`sqlite://${file}`)).close();
    const database = new Database(file);
    database.prepare('INSERT INTO schema_migrations (version, name) VALUES (99, ?)').run('from the future');
    database.close();
    await expect(openStore(`sqlite://${file}`)).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringMatching(/schema 99/),
    });
  });

  it('creates files that only their owner reads, and migrates once', async () => {
    const file = path.join(folder, 'private.db');
    await (await openStore(`sqlite://${file}`)).close();
    await (await openStore(`sqlite://${file}`)).close();
    expect(statSync(file).mode & 0o077).toBe(0);
    const database = new Database(file, { readonly: true });
    expect(database.prepare('SELECT version FROM schema_migrations').pluck().all()).toEqual([1, 2, 3]);
    database.close();
  });

  it('lives without a file in memory', async () => {
    const before = readdirSync('.').sort();
    const store = await openStore('sqlite::memory:');
    await store.recordDecisions([aWindow({})], []);
    await store.saveStates([aState('a')], 1);
    expect((await store.readWindow('window-1'))?.id).toBe('window-1');
    await store.close();
    expect(readdirSync('.').sort()).toEqual(before);
  });
});
