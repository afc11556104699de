import type { PoolClient } from 'pg';
import { eventKey } from '../event-key.ts';
import { storable } from './postgres-text.ts';
import { eventColumns, type Condition, type EventLog } from '../engine.ts';

/** Creates what this log needs beside the table `events`, by migration version. */
export const postgresEventLogSchema: Readonly<Record<number, readonly string[]>> = {
  1: [
    'ALTER TABLE events ADD COLUMN event_key BYTEA NOT NULL',
    'CREATE UNIQUE INDEX events_by_key ON events (event_key)',
    'CREATE INDEX events_by_device ON events (device, seq)',
    'CREATE INDEX events_by_organization ON events (organization, seq)',
    'CREATE INDEX events_by_time ON events (occurred_at)',
  ],
};

const columns = [...eventColumns, 'event_key'].join(', ');
const insertSql = `
  INSERT INTO events (${columns})
  SELECT ${eventColumns.join(', ')}, decode(key, 'hex')
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::float8[], $7::float8[], $8::text[], $9::text[])
    WITH ORDINALITY AS given (${eventColumns.join(', ')}, key, place)
  ORDER BY place
  ON CONFLICT (event_key) DO NOTHING
  RETURNING encode(event_key, 'hex') AS key, seq`;

/** Several writers share the table, so the index itself decides what is a duplicate. */
export function createPostgresEventLog(client: PoolClient): EventLog {
  return {
    append: async (_tx, events) => {
      const keys = events.source.map((source, i) => {
        return Buffer.from(eventKey(source, events.dedup_key[i] ?? ''), 'latin1').toString('hex');
      });
      const lists = [...eventColumns.map((column) => events[column].map(storable)), keys];
      const { rows: written } = await client.query<{ key: string; seq: number }>(insertSql, lists);
      const positions = new Map(written.map(({ key, seq }) => [key, seq]));
      return keys.map((key) => {
        const seq = positions.get(key);
        // Within the call too, the first of two is the event and the second its duplicate.
        positions.delete(key);
        return seq;
      });
    },
    stretches: (): readonly Condition[] => [{ sql: 'TRUE', params: [] }],
  };
}
