import type { DomainEvent, StoredEvent } from '../domain/event.ts';
import type { LedgerEntry, StoredLedgerEntry } from '../domain/ledger.ts';
import { effectiveEnd, type SilenceWindow } from '../domain/window.ts';
import type { EventColumns, SqlRow, SqlValue } from './engine.ts';

/** Domain objects as columns and back. What queries filter on has a column; the rest is JSON that only we write. */

export function eventsToColumns(events: readonly DomainEvent[]): EventColumns {
  return {
    source: events.map(({ source }) => source),
    dedup_key: events.map(({ dedupKey }) => dedupKey),
    organization: events.map(({ organization }) => organization),
    device: events.map(({ device }) => device),
    type: events.map(({ type }) => type),
    occurred_at: events.map(({ occurredAt }) => occurredAt),
    received_at: events.map(({ receivedAt }) => receivedAt),
    data: events.map(({ data }) => JSON.stringify(data)),
  };
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
