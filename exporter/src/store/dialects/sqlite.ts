import { accessSync, closeSync, constants, openSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { StoreError } from '../../domain/errors.ts';
import type { Engine, Insertion, SqlRow, SqlValue, Transaction } from '../engine.ts';
import { migrate } from '../migrate.ts';
import type { SchemaWords } from '../migrations/migration.ts';
import { SqliteEventLog, sqliteEventLogSchema } from './sqlite-event-log.ts';

export interface SqliteOptions {
  /** A file, or `:memory:`. */
  readonly file: string;
  /** How long to wait for a backup tool that holds the file. Default 5 s. */
  readonly busyTimeoutMs?: number;
  /** For tests of a full disk: the file may not grow past this many pages of 4 KiB. */
  readonly maxPages?: number;
  /** For tests: events per sealed segment, a multiple of 8. */
  readonly segmentSize?: number;
}

const words: SchemaWords = {
  key: 'TEXT',
  real: 'REAL',
  position: 'INTEGER PRIMARY KEY',
  wholeNumber: 'INTEGER',
  eventLog: sqliteEventLogSchema,
};

/** Log pages before a checkpoint copies them into the file: 16 MiB. */
const checkpointPages = 4096;
const cacheKibibytes = 64 * 1024;

/** Opens and migrates a file for this process alone. Blocks: belongs into a worker thread. Throws StoreError. */
export async function openSqlite(options: SqliteOptions): Promise<Engine> {
  const lock = options.file === ':memory:' ? undefined : takeLock(options.file);
  let database: Database.Database | undefined;
  try {
    database = openDatabase(options);
    const opened = database;
    const statements = createStatements(opened);
    await inTransaction(opened, 'write', () => migrate(statements, words));
    const events = new SqliteEventLog(opened, options.segmentSize);
    return createEngine(opened, { ...statements, events }, events, () => {
      opened.close();
      lock?.close();
    });
  } catch (error) {
    database?.close();
    lock?.close();
    throw explain(error, options.file) ?? error;
  }
}

function openDatabase({ file, maxPages, busyTimeoutMs = 5000 }: SqliteOptions): Database.Database {
  // Token hashes and audit are in it: created for its owner only.
  if (file !== ':memory:') closeSync(openSync(file, 'a', 0o600));
  const database = new Database(file, { timeout: busyTimeoutMs });
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('temp_store = MEMORY');
  database.pragma(`cache_size = -${String(cacheKibibytes)}`);
  database.pragma(`wal_autocheckpoint = ${String(checkpointPages)}`);
  if (maxPages !== undefined) database.pragma(`max_page_count = ${String(maxPages)}`);
  return database;
}

/**
 * The log of keys in memory is right only while nobody else writes the file. The lock is a transaction on a database
 * of its own: the operating system drops it when the process ends, however it ends.
 */
function takeLock(file: string): Database.Database {
  let lock: Database.Database | undefined;
  try {
    accessSync(path.dirname(file), constants.W_OK);
    lock = new Database(`${file}.lock`, { timeout: 0 });
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock?.close();
    if (codeOf(error).startsWith('SQLITE_BUSY')) {
      throw new StoreError('locked', `${file} is in use by another patchhaven process: two must not write one file`, {
        cause: error,
      });
    }
    throw explain(error, file) ?? error;
  }
}

function createEngine(database: Database.Database, tx: Transaction, events: SqliteEventLog, close: () => void): Engine {
  return {
    concurrentReads: false,
    transaction: async (mode, work) => {
      try {
        const result = await inTransaction(database, mode, () => work(tx));
        events.committed();
        return result;
      } catch (error) {
        events.rolledBack();
        throw error;
      }
    },
    maintain: async () => {
      if (!events.isTailLong()) return;
      try {
        const sealed = await inTransaction(database, 'write', () => Promise.resolve(events.seal()));
        sealed.apply();
      } catch {
        // A longer tail costs memory, not truth; the next turn tries again, and the cause shows in the next write.
      }
    },
    explain: (error) => explain(error, database.name),
    close: () => {
      close();
      return Promise.resolve();
    },
  };
}

async function inTransaction<T>(
  database: Database.Database,
  mode: 'read' | 'write',
  work: () => Promise<T>,
): Promise<T> {
  database.exec(mode === 'read' ? 'BEGIN' : 'BEGIN IMMEDIATE');
  try {
    const result = await work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    // SQLite has rolled back by itself after some errors, a full disk among them.
    if (database.inTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function createStatements(database: Database.Database): Omit<Transaction, 'events'> {
  const prepare = createStatementCache(database);
  return {
    all: (sql, params = []) => attempt(() => prepare(sql).all(...params) as SqlRow[]),
    run: (sql, params = []) =>
      attempt(() => {
        prepare(sql).run(...params);
      }),
    insert: (insertion) => attempt(() => insertRows(prepare(insertSql(insertion)), insertion)),
  };
}

function insertRows(statement: Database.Statement, { rows, returning }: Insertion): SqlValue[] {
  if (returning !== undefined) {
    return rows.map((row) => (statement.get(...row) as SqlRow)[returning] ?? null);
  }
  for (const row of rows) statement.run(...row);
  return [];
}

function insertSql({ table, columns, onConflict = '', returning }: Insertion): string {
  const marks = columns.map(() => '?').join(', ');
  const back = returning === undefined ? '' : `RETURNING ${returning}`;
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${marks}) ${onConflict} ${back}`;
}

/** Keeps the statements in use last; their number is bounded because lists of organizations vary in length. */
function createStatementCache(database: Database.Database, limit = 200): (sql: string) => Database.Statement {
  const cache = new Map<string, Database.Statement>();
  return (sql) => {
    const statement = cache.get(sql) ?? database.prepare(sql);
    cache.delete(sql);
    cache.set(sql, statement);
    const [oldest] = cache.keys();
    if (cache.size > limit && oldest !== undefined) cache.delete(oldest);
    return statement;
  };
}

function attempt<T>(work: () => T): Promise<T> {
  try {
    return Promise.resolve(work());
  } catch (error) {
    return Promise.reject(error as Error);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** By SQLite's result code, https://www.sqlite.org/rescode.html; extended codes start with their primary one. */
const kinds: readonly (readonly [prefix: string, kind: StoreError['kind'], text: string])[] = [
  ['SQLITE_FULL', 'full', 'the disk is full'],
  ['ENOSPC', 'full', 'the disk is full'],
  ['SQLITE_CORRUPT', 'corrupt', 'the file is damaged: restore it from a backup'],
  ['SQLITE_NOTADB', 'corrupt', 'the file is not a SQLite database'],
  ['SQLITE_BUSY', 'locked', 'another process holds the file'],
  ['SQLITE_LOCKED', 'locked', 'another process holds the file'],
  ['SQLITE_CONSTRAINT', 'conflict', 'the data contradicts what is stored'],
];

function explain(error: unknown, file: string): StoreError | undefined {
  if (error instanceof StoreError) return error;
  const code = codeOf(error);
  const [, kind, text] = kinds.find(([prefix]) => code.startsWith(prefix)) ?? [];
  if (kind !== undefined) return new StoreError(kind, `${file}: ${text ?? code} (${code})`, { cause: error });
  if (!(error instanceof Error) || !/^(SQLITE_|E[A-Z]+$)/.test(code)) return undefined;
  return new StoreError('unavailable', `${file}: ${error.message} (${code})`, { cause: error });
}
