import type Database from 'better-sqlite3';
import { eventKey } from '../event-key.ts';
import { eventColumns, type Condition, type EventFilter, type EventLog, type EventRow } from '../engine.ts';
import { KeyFilter } from './key-filter.ts';

/**
 * A random entry in an index of millions dirties a page of its own, and writing that page costs twice the event
 * (docs/decisions/0002-event-log.md). So the newest events, the tail, have no index on disk: their keys are in memory,
 * and a reader goes through them row by row. When the tail is long enough it becomes a segment, whose keys, devices
 * and organizations are written once, sorted, behind those of the segment before.
 */
interface Segment {
  readonly id: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly oldest: number;
  readonly newest: number;
}

/** Creates what this log needs beside the table `events`, by migration version. */
export const sqliteEventLogSchema: Readonly<Record<number, readonly string[]>> = {
  1: [
    `CREATE TABLE event_segments (
      id INTEGER PRIMARY KEY,
      first_seq INTEGER NOT NULL,
      last_seq INTEGER NOT NULL,
      oldest REAL NOT NULL,
      newest REAL NOT NULL,
      key_filter BLOB NOT NULL
    )`,
    'CREATE TABLE event_keys (segment INTEGER, key BLOB, PRIMARY KEY (segment, key)) WITHOUT ROWID',
    `CREATE TABLE event_devices (
      segment INTEGER, device TEXT, seq INTEGER, PRIMARY KEY (segment, device, seq)
    ) WITHOUT ROWID`,
    `CREATE TABLE event_organizations (
      segment INTEGER, organization TEXT, seq INTEGER, PRIMARY KEY (segment, organization, seq)
    ) WITHOUT ROWID`,
  ],
};

const defaultSegmentSize = 8192;

export class SqliteEventLog implements EventLog {
  readonly #database: Database.Database;
  readonly #segmentSize: number;
  readonly #filter: KeyFilter;
  readonly #segments: Segment[] = [];
  /** Keys of the tail as Latin-1 text, in the order of the log: every event after the last segment. */
  readonly #tail = new Set<string>();
  /** Keys of the transaction under way; they leave the tail again when it fails. */
  #added: string[] = [];
  readonly #insertEvent: Database.Statement;
  readonly #findKey: Database.Statement;
  readonly #readRange: Database.Statement<[number, number], { size: number; oldest: number; newest: number }>;

  /** The schema must be there. `segmentSize` (a multiple of 8) is for tests. */
  constructor(database: Database.Database, segmentSize = defaultSegmentSize) {
    this.#database = database;
    this.#segmentSize = segmentSize;
    this.#filter = new KeyFilter(segmentSize);
    const values = eventColumns.map(() => '?').join(', ');
    this.#insertEvent = database.prepare(`INSERT INTO events (${eventColumns.join(', ')}) VALUES (${values})`);
    this.#findKey = database.prepare('SELECT 1 FROM event_keys WHERE segment = ? AND key = ?').pluck();
    this.#readRange = database.prepare(
      'SELECT count(*) AS size, min(occurred_at) AS oldest, max(occurred_at) AS newest FROM events WHERE seq BETWEEN ? AND ?',
    );
    this.#load();
  }

  append(_tx: unknown, rows: readonly EventRow[]): Promise<readonly (number | undefined)[]> {
    return Promise.resolve(rows.map((row) => this.#appendOne(row)));
  }

  stretches(filter: EventFilter): readonly Condition[] {
    const isTimed = filter.from !== undefined || filter.to !== undefined;
    if (filter.device === undefined && filter.organizations === undefined && !isTimed) {
      return [{ sql: 'TRUE', params: [] }];
    }
    const { from = -Infinity, to = Infinity, afterSeq = 0, beforeSeq = Infinity } = filter;
    const sealed = this.#segments
      .filter(({ firstSeq, lastSeq }) => lastSeq > afterSeq && firstSeq < beforeSeq)
      .filter(({ oldest, newest }) => newest >= from && oldest <= to)
      .map((segment) => withinSegment(segment, filter));
    const all = [...sealed, { sql: 'seq > ?', params: [this.#lastSealed()] }];
    return filter.order === 'asc' ? all : all.reverse();
  }

  committed(): void {
    this.#added = [];
  }

  rolledBack(): void {
    for (const key of this.#added) this.#tail.delete(key);
    this.#added = [];
  }

  isTailLong(): boolean {
    return this.#tail.size >= this.#segmentSize;
  }

  /** Turns the oldest part of the tail into a segment; call it within a transaction and `apply` after its commit. */
  seal(): { readonly apply: () => void } {
    const id = this.#segments.length;
    const after = this.#lastSealed();
    const texts = [...this.#tail].slice(0, this.#segmentSize);
    const lastSeq = after + texts.length;
    const range = this.#readRange.get(after + 1, lastSeq);
    // Every event of the tail has its key there and its place in the log; without that the keys would name others.
    if (range?.size !== texts.length) throw new Error(`the log has a gap after ${String(after)}`);
    const { oldest, newest } = range;
    const segment: Segment = { id, firstSeq: after + 1, lastSeq, oldest, newest };
    // Code units of Latin-1 text are its bytes, so this is the order of the keys.
    const keys = texts.toSorted().map((text) => Buffer.from(text, 'latin1'));
    const bits = this.#filter.bitsOf(keys);
    this.#write(segment, keys, bits);
    return {
      apply: () => {
        this.#segments.push(segment);
        this.#filter.addSegment(id, bits);
        for (const text of texts) this.#tail.delete(text);
      },
    };
  }

  #write(segment: Segment, keys: readonly Buffer[], bits: Uint8Array): void {
    const { id, firstSeq, lastSeq, oldest, newest } = segment;
    const insertKey = this.#database.prepare('INSERT INTO event_keys (segment, key) VALUES (?, ?)');
    for (const key of keys) insertKey.run(id, key);
    for (const [table, column] of [
      ['event_devices', 'device'],
      ['event_organizations', 'organization'],
    ] as const) {
      this.#database
        .prepare(
          `INSERT INTO ${table} (segment, ${column}, seq)
           SELECT ?, ${column}, seq FROM events WHERE seq BETWEEN ? AND ? ORDER BY ${column}, seq`,
        )
        .run(id, firstSeq, lastSeq);
    }
    this.#database
      .prepare(
        'INSERT INTO event_segments (id, first_seq, last_seq, oldest, newest, key_filter) VALUES (?, ?, ?, ?, ?, ?)',
      )
      .run(id, firstSeq, lastSeq, oldest, newest, bits);
  }

  #appendOne(row: EventRow): number | undefined {
    const key = eventKey(row[0], row[1]);
    const text = key.toString('latin1');
    if (this.#tail.has(text) || this.#isSealed(key)) return undefined;
    const seq = Number(this.#insertEvent.run(row).lastInsertRowid);
    this.#tail.add(text);
    this.#added.push(text);
    return seq;
  }

  #isSealed(key: Buffer): boolean {
    return this.#filter.candidates(key).some((segment) => this.#findKey.get(segment, key) !== undefined);
  }

  #lastSealed(): number {
    return this.#segments.at(-1)?.lastSeq ?? 0;
  }

  #load(): void {
    const segments = this.#database
      .prepare<[], Segment & { bits: Uint8Array }>(
        `SELECT id, first_seq AS firstSeq, last_seq AS lastSeq, oldest, newest, key_filter AS bits
         FROM event_segments ORDER BY id`,
      )
      .iterate();
    for (const { bits, ...segment } of segments) {
      this.#segments.push(segment);
      this.#filter.addSegment(segment.id, bits);
    }
    const tail = this.#database
      .prepare<[number], { source: string; dedup_key: string }>(
        'SELECT source, dedup_key FROM events WHERE seq > ? ORDER BY seq',
      )
      .iterate(this.#lastSealed());
    for (const row of tail) this.#tail.add(eventKey(row.source, row.dedup_key).toString('latin1'));
  }
}

function withinSegment({ id, firstSeq, lastSeq }: Segment, { device, organizations }: EventFilter): Condition {
  if (device !== undefined) {
    return { sql: 'seq IN (SELECT seq FROM event_devices WHERE segment = ? AND device = ?)', params: [id, device] };
  }
  if (organizations !== undefined) {
    const marks = organizations.map(() => '?').join(', ');
    return {
      sql: `seq IN (SELECT seq FROM event_organizations WHERE segment = ? AND organization IN (${marks}))`,
      params: [id, ...organizations],
    };
  }
  return { sql: 'seq BETWEEN ? AND ?', params: [firstSeq, lastSeq] };
}
