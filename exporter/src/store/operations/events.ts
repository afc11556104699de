import type { EventColumns, EventFilter, SqlRow, Transaction } from '../engine.ts';
import { appendAudit } from './access.ts';
import { compare, isOneOf, where } from './conditions.ts';

export interface AppendInput {
  readonly events: EventColumns;
  readonly cursor?: { readonly source: string; readonly cursor: string };
  /** An audit record as JSON. */
  readonly audit?: string;
}

/** `organizations` absent means all of them; empty lists never reach this far. */
export interface EventQueryInput extends EventFilter {
  readonly types?: readonly string[];
  readonly limit: number;
}

const columns = 'seq, source, dedup_key, organization, device, type, occurred_at, received_at, data';

export async function appendEvents(
  tx: Transaction,
  { events, cursor, audit }: AppendInput,
): Promise<readonly (number | undefined)[]> {
  const positions = events.source.length === 0 ? [] : await tx.events.append(tx, events);
  if (cursor !== undefined) {
    await tx.insert({
      table: 'source_cursors',
      columns: ['source', 'position'],
      rows: [[cursor.source, cursor.cursor]],
      onConflict: 'ON CONFLICT (source) DO UPDATE SET position = excluded.position',
    });
  }
  if (audit !== undefined) await appendAudit(tx, audit);
  return positions;
}

export async function queryEvents(tx: Transaction, query: EventQueryInput): Promise<readonly SqlRow[]> {
  const conditions = [
    ...compare('device', '=', query.device),
    ...isOneOf('organization', query.organizations),
    ...isOneOf('type', query.types),
    ...compare('occurred_at', '>=', query.from),
    ...compare('occurred_at', '<=', query.to),
    ...compare('seq', '>', query.afterSeq),
    ...compare('seq', '<', query.beforeSeq),
  ];
  const found: SqlRow[] = [];
  for (const stretch of tx.events.stretches(query)) {
    const { sql, params } = where([...conditions, stretch]);
    const statement = `SELECT ${columns} FROM events ${sql} ORDER BY seq ${query.order} LIMIT ?`;
    found.push(...(await tx.all(statement, [...params, query.limit - found.length])));
    if (found.length >= query.limit) break;
  }
  return found;
}

export async function readCursor(tx: Transaction, source: string): Promise<string | undefined> {
  const [row] = await tx.all('SELECT position FROM source_cursors WHERE source = ?', [source]);
  return row === undefined ? undefined : String(row['position']);
}
