import type { DomainEvent, StoredEvent } from '../domain/event.ts';
import type { LedgerEntry, StoredLedgerEntry } from '../domain/ledger.ts';
import { effectiveEnd, type SilenceWindow } from '../domain/window.ts';
import type { EventRow, SqlRow, SqlValue } from './engine.ts';

/** Domain objects as columns and back. What queries filter on has a column; the rest is JSON that only we write. */

export function eventToRow(event: DomainEvent): EventRow {
  const { source, dedupKey, organization, device, type, occurredAt, receivedAt, data } = event;
  return [source, dedupKey, organization, device, type, occurredAt, receivedAt, JSON.stringify(data)];
}

export function eventFromRow(row: SqlRow): StoredEvent {
  return {
    seq: Number(row['seq']),
    source: String(row['source']),
    dedupKey: String(row['dedup_key']),
    organization: String(row['organization']),
    device: String(row['device']),
    type: row['type'],
    occurredAt: Number(row['occurred_at']),
    receivedAt: Number(row['received_at']),
    data: JSON.parse(String(row['data'])),
  } as StoredEvent;
}

/** In the order of `windowColumns`. */
export function windowToRow(window: SilenceWindow): readonly SqlValue[] {
  const { id, organization, device, kind, openedAt, closedAt } = window;
  return [id, organization, device, kind, openedAt, effectiveEnd(window), closedAt ?? null, JSON.stringify(window)];
}

/** In the order of `ledgerColumns`. */
export function ledgerToRow(entry: LedgerEntry): readonly SqlValue[] {
  const { at, organization, device, windowId, action } = entry;
  return [at, organization, device, windowId ?? null, action, JSON.stringify(entry)];
}

export function ledgerFromRow(row: SqlRow): StoredLedgerEntry {
  return { seq: Number(row['seq']), ...(JSON.parse(String(row['body'])) as LedgerEntry) };
}
