import type Database from 'better-sqlite3';
import { eventKey, type EventKey } from '../event-key.ts';
import { eventColumns, type Condition, type EventColumns, type EventFilter, type EventLog } from '../engine.ts';
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
  /** Keys of the tail, in the order of the log: every event after the last segment. */
  readonly #tail = new Set<EventKey>();
  /** Keys of the transaction under way; they leave the tail again when it fails. */
  #added: EventKey[] = [];
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

  append(_tx: unknown, events: EventColumns): Promise<readonly (number | undefined)[]> {
    return Promise.resolve(events.source.map((_, i) => this.#appendOne(events, i)));
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
    const inOrder = [...this.#tail].slice(0, this.#segmentSize);
    const lastSeq = after + inOrder.length;
    const range = this.#readRange.get(after + 1, lastSeq);
    // Every event of the tail has its key there and its place in the log; without that the keys would name others.
    if (range?.size !== inOrder.length) throw new Error(`the log has a gap after ${String(after)}`);
    const { oldest, newest } = range;
    const segment: Segment = { id, firstSeq: after + 1, lastSeq, oldest, newest };
    // Code units of Latin-1 text are its bytes, so this is the order of the keys.
    const keys = inOrder.toSorted();
    const bits = this.#filter.bitsOf(keys);
    this.#write(segment, keys, bits);
    return {
      apply: () => {
        this.#segments.push(segment);
        this.#filter.addSegment(id, bits);
        for (const key of inOrder) this.#tail.delete(key);
      },
    };
  }

  #write(segment: Segment, keys: readonly EventKey[], bits: Uint8Array): void {
    const { id, firstSeq, lastSeq, oldest, newest } = segment;
    // One statement that cuts all keys out of one value: a call for each costs more than its row.
    this.#database
      .prepare(
        `WITH RECURSIVE number (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n + 1 < $count)
         INSERT INTO event_keys (segment, key) SELECT $id, substr($keys, n * 16 + 1, 16) FROM number`,
      )
      .run({ id, count: keys.length, keys: Buffer.from(keys.join(''), 'latin1') });
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

  #appendOne(events: EventColumns, i: number): number | undefined {
    const row = eventColumns.map((column) => events[column][i]);
    const key = eventKey(events.source[i] ?? '', events.dedup_key[i] ?? '');
    if (this.#tail.has(key) || this.#isSealed(key)) return undefined;
    const seq = Number(this.#insertEvent.run(row).lastInsertRowid);
    this.#tail.add(key);
    this.#added.push(key);
    return seq;
  }

  #isSealed(key: EventKey): boolean {
    const segments = this.#filter.candidates(key);
    if (segments.length === 0) return false;
    const bytes = Buffer.from(key, 'latin1');
    return segments.some((segment) => this.#findKey.get(segment, bytes) !== undefined);
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
    for (const row of tail) this.#tail.add(eventKey(row.source, row.dedup_key));
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
