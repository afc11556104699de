import type { StoreError } from '../domain/errors.ts';

export type SqlValue = string | number | null | Uint8Array;
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** Rows of one table to be written by one call; `onConflict` is the clause after the values, equal on both engines. */
export interface Insertion {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly SqlValue[])[];
  readonly onConflict?: string;
  /** Column whose value each written row gives back, in the order of `rows`. */
  readonly returning?: string;
}

/** SQL with `?` for parameters. Rows come back with the column names of the statement. */
export interface Transaction {
  all(sql: string, params?: readonly SqlValue[]): Promise<readonly SqlRow[]>;
  run(sql: string, params?: readonly SqlValue[]): Promise<void>;
  insert(insertion: Insertion): Promise<readonly SqlValue[]>;
  readonly events: EventLog;
}

export const eventColumns = [
  'source',
  'dedup_key',
  'organization',
  'device',
  'type',
  'occurred_at',
  'received_at',
  'data',
] as const;

/**
 * Entries of the event log, a list for each column: fewer and plainer objects to hand to another thread than a list for
 * each entry. `data` is JSON.
 */
export type EventColumns = Readonly<
  Record<Exclude<(typeof eventColumns)[number], `${string}_at`>, readonly string[]> &
    Record<'occurred_at' | 'received_at', readonly number[]>
>;

/** A condition on rows of a table; `sql` is joined to others by AND. */
export interface Condition {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

/** What the engine may use to find events faster than by reading the log. */
export interface EventFilter {
  readonly device?: string;
  readonly organizations?: readonly string[];
  readonly from?: number;
  readonly to?: number;
  /** Both exclusive. */
  readonly afterSeq?: number;
  readonly beforeSeq?: number;
  readonly order: 'asc' | 'desc';
}

/** The part of the event log in which engines differ: how duplicates are found, and how rows are. */
export interface EventLog {
  /** Writes what is new; per entry its position in the log, or undefined for a duplicate. */
  append(tx: Transaction, events: EventColumns): Promise<readonly (number | undefined)[]>;
  /**
   * Stretches of the log that can hold matches, in the order asked for, and together every match. Each is a condition
   * to be added to the query's own: a reader may stop as soon as it has enough rows.
   */
  stretches(filter: EventFilter): readonly Condition[];
}

export interface Engine {
  /** True when a read need not wait for writes that were called after it. */
  readonly concurrentReads: boolean;
  /** Runs `work` in a transaction; it is durable when the promise resolves, and left no trace when it rejects. */
  transaction<T>(mode: 'read' | 'write', work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Work that may be late, called between transactions. Never fails. */
  maintain(): Promise<void>;
  /** Says what went wrong in the vocabulary of the store; undefined when the database had no part in it. */
  explain(error: unknown): StoreError | undefined;
  close(): Promise<void>;
}
