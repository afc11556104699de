import type { DomainEvent, StoredEvent } from '../../../exporter/src/domain/event.ts';
import type { LedgerEntry, StoredLedgerEntry } from '../../../exporter/src/domain/ledger.ts';
import type { SilenceWindow } from '../../../exporter/src/domain/window.ts';
import type { AppendResult, CollectionRun, PatchStore } from '../../../exporter/src/store/patch-store.ts';

/** The store in memory: durable as long as the object lives, which is longer than the exporter that uses it. */
export function createMemoryStore(): PatchStore & { readonly ledger: readonly StoredLedgerEntry[] } {
  const events: StoredEvent[] = [];
  const keys = new Set<string>();
  const cursors = new Map<string, string>();
  const windows = new Map<string, SilenceWindow>();
  const ledger: StoredLedgerEntry[] = [];
  const runs = new Map<string, CollectionRun>();

  const append = (event: DomainEvent): AppendResult => {
    const key = `${event.source}\n${event.dedupKey}`;
    if (keys.has(key)) return { result: 'duplicate' };
    keys.add(key);
    const seq = events.length + 1;
    events.push({ ...event, seq });
    return { result: 'accepted', seq };
  };
  const record = (entry: LedgerEntry): StoredLedgerEntry => {
    const stored = { ...entry, seq: ledger.length + 1 };
    ledger.push(stored);
    return stored;
  };
  return {
    ledger,
    appendEvents(batch, cursor) {
      if (cursor !== undefined) cursors.set(cursor.source, cursor.cursor);
      return Promise.resolve(batch.map(append));
    },
    queryEvents: ({ afterSeq = 0, limit }) => Promise.resolve(events.slice(afterSeq, afterSeq + limit)),
    readCursor: (source) => Promise.resolve(cursors.get(source)),
    recordDecisions(changed, entries) {
      for (const window of changed) windows.set(window.id, window);
      return Promise.resolve(entries.map(record));
    },
    queryWindows: ({ open, verificationFailed, device, limit }) =>
      Promise.resolve(
        [...windows.values()]
          .filter(({ closedAt }) => open === undefined || (closedAt === undefined) === open)
          .filter(({ verification }) => verificationFailed === undefined || verification?.verdict === 'failed')
          .filter((window) => device === undefined || window.device === device)
          .sort((a, b) => b.openedAt - a.openedAt)
          .slice(0, limit),
      ),
    readWindow: (id) => Promise.resolve(windows.get(id)),
    loadStates: () => Promise.resolve({ seq: 0 }),
    recordRun(run) {
      if (run.ok) runs.set(`${run.source}/${run.kind}`, run);
      return Promise.resolve();
    },
    lastSuccess: (source, kind) => Promise.resolve(runs.get(`${source}/${kind}`)),
    queryLedger: () => unused(),
    saveStates: () => unused(),
    dropStates: () => unused(),
    recentRuns: () => unused(),
    saveToken: () => unused(),
    listTokens: () => unused(),
    appendAudit: () => unused(),
    queryAudit: () => unused(),
    saveMapping: () => unused(),
    listMappings: () => unused(),
    check: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

function unused(): Promise<never> {
  return Promise.reject(new Error('the model does not use this part of the store'));
}
