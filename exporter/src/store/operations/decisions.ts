import type { SqlRow, SqlValue, Transaction } from '../engine.ts';
import { compare, isOneOf, where } from './conditions.ts';

export const windowColumns = [
  'id',
  'organization',
  'device',
  'kind',
  'opened_at',
  'effective_end',
  'closed_at',
  'body',
] as const;
export const ledgerColumns = ['at', 'organization', 'device', 'window_id', 'action', 'body'] as const;

export interface DecisionsInput {
  /** In the order of `windowColumns` and `ledgerColumns`. */
  readonly windows: readonly (readonly SqlValue[])[];
  readonly entries: readonly (readonly SqlValue[])[];
}

/** `organizations` absent means all of them. */
export interface LedgerQueryInput {
  readonly organizations?: readonly string[];
  readonly device?: string;
  readonly windowId?: string;
  readonly actions?: readonly string[];
  readonly from?: number;
  readonly to?: number;
  readonly afterSeq?: number;
  readonly beforeSeq?: number;
  readonly order: 'asc' | 'desc';
  readonly limit: number;
}

export interface WindowQueryInput {
  readonly organizations?: readonly string[];
  readonly device?: string;
  readonly kind?: string;
  readonly open?: boolean;
  readonly verificationFailed?: true;
  readonly from?: number;
  readonly to?: number;
  readonly before?: { readonly openedAt: number; readonly id: string };
  readonly limit: number;
}

/** Gives the positions of the ledger lines. */
export async function recordDecisions(tx: Transaction, input: DecisionsInput): Promise<readonly number[]> {
  const changes = windowColumns.slice(1).map((column) => `${column} = excluded.${column}`);
  // One by one: the same window may come twice in a call, and the last one counts.
  for (const row of input.windows) {
    await tx.insert({
      table: 'windows',
      columns: windowColumns,
      rows: [row],
      onConflict: `ON CONFLICT (id) DO UPDATE SET ${changes.join(', ')}`,
    });
  }
  const positions = await tx.insert({
    table: 'ledger',
    columns: ledgerColumns,
    rows: input.entries,
    returning: 'seq',
  });
  return positions.map(Number);
}

export function queryLedger(tx: Transaction, query: LedgerQueryInput): Promise<readonly SqlRow[]> {
  const { sql, params } = where([
    ...compare('device', '=', query.device),
    ...compare('window_id', '=', query.windowId),
    ...isOneOf('organization', query.organizations),
    ...isOneOf('action', query.actions),
    ...compare('at', '>=', query.from),
    ...compare('at', '<=', query.to),
    ...compare('seq', '>', query.afterSeq),
    ...compare('seq', '<', query.beforeSeq),
  ]);
  return tx.all(`SELECT seq, body FROM ledger ${sql} ORDER BY seq ${query.order} LIMIT ?`, [...params, query.limit]);
}

export async function queryWindows(tx: Transaction, query: WindowQueryInput): Promise<readonly string[]> {
  const { before, open, verificationFailed } = query;
  const { sql, params } = where([
    ...compare('device', '=', query.device),
    ...isOneOf('organization', query.organizations),
    ...compare('kind', '=', query.kind),
    ...(open === undefined ? [] : [{ sql: `closed_at IS ${open ? '' : 'NOT '}NULL`, params: [] }]),
    // Word for word the condition of the index `windows_failed`.
    ...(verificationFailed === undefined ? [] : [{ sql: `body LIKE '%"verdict":"failed"%'`, params: [] }]),
    ...compare('effective_end', '>=', query.from),
    ...compare('opened_at', '<=', query.to),
    ...(before === undefined ? [] : [{ sql: '(opened_at, id) < (?, ?)', params: [before.openedAt, before.id] }]),
  ]);
  const rows = await tx.all(`SELECT body FROM windows ${sql} ORDER BY opened_at DESC, id DESC LIMIT ?`, [
    ...params,
    query.limit,
  ]);
  return rows.map((row) => String(row['body']));
}

export async function readWindow(tx: Transaction, id: string): Promise<string | undefined> {
  const [row] = await tx.all('SELECT body FROM windows WHERE id = ?', [id]);
  return row === undefined ? undefined : String(row['body']);
}
