import type { DomainEvent } from '../domain/event.ts';
import type { UnixSeconds } from '../domain/time.ts';
import type { AppendResult, CollectionRun, SourceCursor } from '../store/patch-store.ts';

/** What the fleet knows of a device, as far as collecting needs it. */
export interface KnownDevice {
  readonly vendorId: string;
  readonly organization: string;
  /** Occurrence time of its newest `device.observed`; 0 when only events have spoken of it. */
  readonly observedAt: UnixSeconds;
  /** `observedHash` of that event's dedup key, where the fleet keeps it. Without it the first read stores facts again. */
  readonly contentHash?: string;
}

/** A complete read of a source has been stored. */
export interface SnapshotRead {
  readonly source: string;
  /** What the read says is as old as this: freshness counts from here. */
  readonly readAt: UnixSeconds;
  /**
   * Vendor id → last contact, for every device of the read that has one. Not in the log: a contact time moves with every
   * read and would store every device again each time.
   */
  readonly lastSeen: ReadonlyMap<string, UnixSeconds>;
}

/** Where a collector puts what it read. The fleet implements it over the store. */
export interface CollectionSink {
  /** Devices of a source that are not removed. */
  knownDevices(source: string): Iterable<KnownDevice>;
  /** One of them; undefined also for a removed device. */
  findDevice(source: string, vendorId: string): KnownDevice | undefined;
  /** Stores (with the cursor, in one transaction), then folds. Rejects with StoreError when nothing was stored. */
  appendEvents(events: readonly DomainEvent[], cursor?: SourceCursor): Promise<readonly AppendResult[]>;
  readCursor(source: string): Promise<string | undefined>;
  recordRun(run: CollectionRun): Promise<void>;
  snapshotRead(read: SnapshotRead): void;
}
