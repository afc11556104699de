import type { DeviceKey, DeviceState } from '../domain/device.ts';
import type { DomainEvent, EventType, StoredEvent } from '../domain/event.ts';
import type { LedgerAction, LedgerEntry, StoredLedgerEntry } from '../domain/ledger.ts';
import type { UnixSeconds } from '../domain/time.ts';
import type { SilenceWindow, WindowKind } from '../domain/window.ts';

/** `all`, or the organizations a caller may see. An empty list sees nothing. */
export type OrganizationScope = 'all' | readonly string[];

export type AppendResult = { readonly result: 'accepted'; readonly seq: number } | { readonly result: 'duplicate' };

/** Cursor of an incremental reader, stored in the same transaction as what it read. */
export interface SourceCursor {
  readonly source: string;
  readonly cursor: string;
}

/** One pass over a source, successful or not. */
export interface CollectionRun {
  readonly source: string;
  readonly kind: 'snapshot' | 'events' | 'lookup';
  readonly startedAt: UnixSeconds;
  readonly endedAt: UnixSeconds;
  readonly ok: boolean;
  /** Error kind when it failed. */
  readonly reason?: string;
  readonly message?: string;
  readonly devices?: number;
  readonly events?: number;
  readonly dropped: Readonly<Record<string, number>>;
  readonly unknownWords: Readonly<Record<string, number>>;
}

export const roles = ['viewer', 'reporter', 'operator', 'admin'] as const;
export type Role = (typeof roles)[number];

/** An API token as stored: only a hash of the secret. */
export interface TokenRecord {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly organizations: OrganizationScope;
  /** SHA-256 of the random 256-bit secret, hex. */
  readonly secretHash: string;
  readonly createdAt: UnixSeconds;
  readonly expiresAt?: UnixSeconds;
  readonly revokedAt?: UnixSeconds;
}

/** Who did what to what; written with every write over the API or the command line. */
export interface AuditRecord {
  readonly at: UnixSeconds;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly organization?: string;
  readonly outcome: 'done' | 'refused' | 'failed';
  readonly detail?: string;
}

/** Pages go by `seq` / key; `limit` is capped by the caller. */
export interface EventQuery {
  readonly scope: OrganizationScope;
  readonly device?: DeviceKey;
  readonly organization?: string;
  readonly types?: readonly EventType[];
  /** By occurrence, both inclusive. */
  readonly from?: UnixSeconds;
  readonly to?: UnixSeconds;
  readonly afterSeq?: number;
  readonly beforeSeq?: number;
  readonly order: 'asc' | 'desc';
  readonly limit: number;
}

export interface LedgerQuery {
  readonly scope: OrganizationScope;
  readonly device?: DeviceKey;
  readonly organization?: string;
  readonly windowId?: string;
  readonly actions?: readonly LedgerAction[];
  readonly from?: UnixSeconds;
  readonly to?: UnixSeconds;
  readonly afterSeq?: number;
  readonly beforeSeq?: number;
  readonly order: 'asc' | 'desc';
  readonly limit: number;
}

export interface WindowQuery {
  readonly scope: OrganizationScope;
  readonly device?: DeviceKey;
  readonly organization?: string;
  readonly kind?: WindowKind;
  /** True: not closed (its stored end may have passed); false: closed. */
  readonly open?: boolean;
  /** Only those whose verification failed and has not passed since. */
  readonly verificationFailed?: true;
  /** Windows that overlap [from, to]. */
  readonly from?: UnixSeconds;
  readonly to?: UnixSeconds;
  /** Page backwards by (openedAt, id) of the last row seen. */
  readonly before?: { readonly openedAt: UnixSeconds; readonly id: string };
  readonly limit: number;
}

/**
 * Everything durable. A promise that resolves means the data is on disk; one that rejects (StoreError) means that
 * nothing of the call was stored, but for one case: PostgreSQL gone between a commit and its answer, and not back in
 * time to be asked, rejects as `unavailable` with "outcome unknown" (repeating appendEvents is always safe). Writes are
 * applied in the order in which they were made, and a read sees every write called before it. Returned objects belong
 * to the caller. `close` waits for calls already made; later ones reject as `unavailable`.
 */
export interface PatchStore {
  /**
   * Appends events, one result per event in order. In the same transaction it moves a source's cursor and writes down
   * who sent them, where given.
   */
  appendEvents(
    events: readonly DomainEvent[],
    cursor?: SourceCursor,
    audit?: AuditRecord,
  ): Promise<readonly AppendResult[]>;
  queryEvents(query: EventQuery): Promise<readonly StoredEvent[]>;
  readCursor(source: string): Promise<string | undefined>;

  /** Writes windows (insert or replace by id) and ledger lines in one transaction; the law's "stored before effect". */
  recordDecisions(
    windows: readonly SilenceWindow[],
    entries: readonly LedgerEntry[],
  ): Promise<readonly StoredLedgerEntry[]>;
  queryLedger(query: LedgerQuery): Promise<readonly StoredLedgerEntry[]>;
  queryWindows(query: WindowQuery): Promise<readonly SilenceWindow[]>;
  readWindow(id: string): Promise<SilenceWindow | undefined>;

  /** Device states as last saved, in batches, with the log position they include. */
  loadStates(onBatch: (states: readonly DeviceState[]) => void): Promise<{ readonly seq: number }>;
  /** Saves changed states and the log position they include; coalesced by the caller. */
  saveStates(states: readonly DeviceState[], seq: number): Promise<void>;
  /** Forgets saved states, so that the next start folds the whole log again. */
  dropStates(): Promise<void>;

  recordRun(run: CollectionRun): Promise<void>;
  /** Newest first. Failures are kept longer than successes. */
  recentRuns(source: string, limit: number): Promise<readonly CollectionRun[]>;
  /** Last successful run of a kind. */
  lastSuccess(source: string, kind: CollectionRun['kind']): Promise<CollectionRun | undefined>;

  saveToken(token: TokenRecord): Promise<void>;
  listTokens(): Promise<readonly TokenRecord[]>;
  appendAudit(record: AuditRecord): Promise<void>;
  queryAudit(limit: number, beforeSeq?: number): Promise<readonly (AuditRecord & { readonly seq: number })[]>;

  /** Operator-made device ↔ instance mappings (the hand on the Sources page). */
  saveMapping(device: DeviceKey, instance: string | null): Promise<void>;
  listMappings(): Promise<ReadonlyMap<DeviceKey, string>>;

  /** Resolves when a small write reached the disk; rejects with the reason when not. */
  check(): Promise<void>;
  close(): Promise<void>;
}
