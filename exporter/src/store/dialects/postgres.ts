import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  Client,
  DatabaseError,
  Pool,
  TypeOverrides,
  types,
  type ClientConfig,
  type PoolClient,
  type PoolConfig,
} from 'pg';
import { StoreError } from '../../domain/errors.ts';
import type { Engine, Insertion, SqlRow, SqlValue, Transaction } from '../engine.ts';
import { migrate } from '../migrate.ts';
import type { SchemaWords } from '../migrations/migration.ts';
import { storable } from './postgres-text.ts';
import { createPostgresEventLog, postgresEventLogSchema } from './postgres-event-log.ts';

export interface PostgresOptions {
  readonly url: string;
  /** Read for every new connection, so that a changed password needs no restart. */
  readonly passwordFile?: string;
  readonly maxConnections?: number;
  /** After this long without an answer the server counts as gone. Default 30 s. */
  readonly answerTimeoutMs?: number;
}

const words: SchemaWords = {
  key: 'TEXT COLLATE "C"',
  real: 'DOUBLE PRECISION',
  position: 'BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY',
  wholeNumber: 'BIGINT',
  eventLog: postgresEventLogSchema,
};

/** Every writing transaction holds this lock ("Patchhav" in ASCII), so positions in the log grow in commit order. */
const writerLock = '5792038566077423990';
const defaultAnswerTimeoutMs = 30_000;
const connectTimeoutMs = 5000;
/** How long a lost COMMIT is asked after before its outcome counts as unknown. */
const outcomeTimeoutMs = 10_000;

/** Connects and migrates. Throws StoreError; a server that goes away later is found again by itself. */
export async function openPostgres(options: PostgresOptions): Promise<Engine> {
  const pool = new Pool(poolConfig(options));
  // A connection that breaks while idle is replaced by the pool; the next call reports what is still wrong.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
  const engine = createEngine(pool);
  try {
    await engine.transaction('write', (tx) => migrate(tx, words));
    return engine;
  } catch (error) {
    await pool.end();
    throw explain(error) ?? error;
  }
}

function poolConfig({ url, passwordFile, maxConnections = 8, answerTimeoutMs }: PostgresOptions): PoolConfig {
  const overrides = new TypeOverrides(types);
  // Positions and counts stay far below 2^53.
  overrides.setTypeParser(types.builtins.INT8, Number);
  return {
    connectionString: url,
    ...(passwordFile === undefined ? {} : { Client: clientWithPassword(passwordFile) }),
    max: maxConnections,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: answerTimeoutMs ?? defaultAnswerTimeoutMs,
    keepAlive: true,
    application_name: 'patchhaven',
    types: overrides,
  };
}

/** A connection URL overrides every other password option of the driver, with its own or with none; hence a subclass. */
function clientWithPassword(passwordFile: string) {
  return class extends Client {
    constructor(config?: ClientConfig) {
      super(config);
      // The driver calls a function anew for each connection, when the server asks.
      Object.assign(this, { password: async () => (await readFile(passwordFile, 'utf8')).replace(/\r?\n$/, '') });
    }
  };
}

function createEngine(pool: Pool): Engine {
  return {
    concurrentReads: true,
    transaction: async (mode, work) => {
      const client = await pool.connect();
      let broken = false;
      try {
        return await (mode === 'read' ? inRead(client, work) : inWrite(client, work, (id) => outcomeOf(pool, id)));
      } catch (error) {
        broken = !(error instanceof DatabaseError) || isDisconnection(error);
        throw error;
      } finally {
        client.release(broken);
      }
    },
    maintain: () => Promise.resolve(),
    explain,
    close: () => pool.end(),
  };
}

async function inRead<T>(client: PoolClient, work: (tx: Transaction) => Promise<T>): Promise<T> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  const result = await work(createTransaction(client)).catch((error: unknown) => rollBack(client, error));
  await client.query('COMMIT');
  return result;
}

async function inWrite<T>(
  client: PoolClient,
  work: (tx: Transaction) => Promise<T>,
  outcome: (transactionId: string) => Promise<'committed' | 'aborted' | 'unknown'>,
): Promise<T> {
  await client.query('BEGIN');
  // A server may be set up to answer before the data is on disk; what we acknowledge must be there.
  const { rows } = await client.query<{ id: string }>(
    `SELECT pg_advisory_xact_lock(${writerLock}), pg_current_xact_id()::text AS id,
       CASE current_setting('synchronous_commit') WHEN 'off' THEN set_config('synchronous_commit', 'on', true) END`,
  );
  const result = await work(createTransaction(client)).catch((error: unknown) => rollBack(client, error));
  try {
    await client.query('COMMIT');
    return result;
  } catch (error) {
    if (error instanceof DatabaseError && !isDisconnection(error)) throw error;
    const known = await outcome(rows[0]?.id ?? '');
    if (known === 'committed') return result;
    const text = known === 'aborted' ? 'the connection broke' : 'the connection broke while storing: outcome unknown';
    throw new StoreError('unavailable', `PostgreSQL: ${text}`, { cause: error });
  }
}

async function rollBack(client: PoolClient, error: unknown): Promise<never> {
  await client.query('ROLLBACK').catch(() => undefined);
  throw error;
}

/** Asks the server what became of a transaction whose COMMIT was never answered. */
async function outcomeOf(pool: Pool, transactionId: string): Promise<'committed' | 'aborted' | 'unknown'> {
  const endsAt = performance.now() + outcomeTimeoutMs;
  while (performance.now() < endsAt) {
    try {
      const { rows } = await pool.query<{ status: string }>('SELECT pg_xact_status($1::xid8) AS status', [
        transactionId,
      ]);
      const status = rows[0]?.status;
      if (status === 'committed' || status === 'aborted') return status;
    } catch (error) {
      // After a crash the server may not have heard of it: "transaction ID … is in the future".
      if (error instanceof DatabaseError && error.code === '22023') return 'aborted';
    }
    await sleep(200);
  }
  return 'unknown';
}

function createTransaction(client: PoolClient): Transaction {
  const query = async (sql: string, params: readonly SqlValue[] = []): Promise<readonly SqlRow[]> => {
    const result = await client.query<SqlRow>(numberParameters(sql), params.map(storable));
    return result.rows;
  };
  return {
    all: query,
    run: async (sql, params) => {
      await query(sql, params);
    },
    insert: async (insertion) => {
      const values: SqlValue[] = [];
      for (const rows of chunks(insertion.rows)) {
        const written = await query(insertSql(insertion, rows.length), rows.flat());
        const { returning } = insertion;
        if (returning !== undefined) values.push(...written.map((row) => row[returning] ?? null));
      }
      return values;
    },
    events: createPostgresEventLog(client),
  };
}

/** A statement may carry 65,535 parameters. */
const rowsPerStatement = 1000;

function* chunks<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < rows.length; at += rowsPerStatement) yield rows.slice(at, at + rowsPerStatement);
}

function insertSql({ table, columns, onConflict = '', returning }: Insertion, rowCount: number): string {
  const marks = `(${columns.map(() => '?').join(', ')})`;
  const back = returning === undefined ? '' : `RETURNING ${returning}`;
  const rows = Array.from({ length: rowCount }, () => marks).join(', ');
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${rows} ${onConflict} ${back}`;
}

/** Our statements have `?` for parameters and nowhere else. */
function numberParameters(sql: string): string {
  let count = 0;
  return sql.replace(/\?/g, () => `$${String((count += 1))}`);
}

/** By SQLSTATE, https://www.postgresql.org/docs/current/errcodes-appendix.html: class 08, 57P and 53 besides the disk. */
function isDisconnection(error: DatabaseError): boolean {
  return /^(08|57P)/.test(error.code ?? '');
}

const kinds: readonly (readonly [prefix: string, kind: StoreError['kind']])[] = [
  ['53100', 'full'],
  ['23', 'conflict'],
  ['40', 'conflict'],
  ['XX001', 'corrupt'],
  ['XX002', 'corrupt'],
  ['55P03', 'locked'],
];

function explain(error: unknown): StoreError | undefined {
  if (error instanceof StoreError) return error;
  if (!(error instanceof Error) || error instanceof TypeError || error instanceof SyntaxError) return undefined;
  const code = 'code' in error ? String(error.code) : '';
  const kind = kinds.find(([prefix]) => code.startsWith(prefix))?.[1] ?? 'unavailable';
  const message = error instanceof AggregateError ? error.errors.map(String).join('; ') : error.message;
  return new StoreError(kind, `PostgreSQL: ${message}${code === '' ? '' : ` (${code})`}`, { cause: error });
}
