import { observedHash } from '../../src/collection/content-hash.ts';
import type { CollectionSink, KnownDevice, SnapshotRead } from '../../src/collection/sink.ts';
import type { DeviceState } from '../../src/domain/device.ts';
import { StoreError } from '../../src/domain/errors.ts';
import type { DomainEvent } from '../../src/domain/event.ts';
import { foldEvent } from '../../src/domain/fold.ts';
import type { AppendResult, CollectionRun, SourceCursor } from '../../src/store/patch-store.ts';

/** A sink in memory that folds as the product does, so that tests see states and not only calls. */
export class MemorySink implements CollectionSink {
  readonly log: DomainEvent[] = [];
  readonly runs: CollectionRun[] = [];
  readonly reads: SnapshotRead[] = [];
  readonly states = new Map<string, DeviceState>();
  /** While set, nothing can be stored. */
  broken = false;
  readonly #hashes = new Map<string, string>();
  readonly #keys = new Set<string>();
  readonly #cursors = new Map<string, string>();

  *knownDevices(source: string): Iterable<KnownDevice> {
    for (const state of this.states.values()) if (state.source === source && !state.removed) yield this.#known(state);
  }

  findDevice(source: string, vendorId: string): KnownDevice | undefined {
    const state = this.states.get(`${source}:${vendorId}`);
    return state === undefined || state.removed ? undefined : this.#known(state);
  }

  async appendEvents(events: readonly DomainEvent[], cursor?: SourceCursor): Promise<readonly AppendResult[]> {
    await Promise.resolve();
    if (this.broken) throw new StoreError('unavailable', 'the disk is gone');
    if (cursor !== undefined) this.#cursors.set(cursor.source, cursor.cursor);
    return events.map((event) => this.#append(event));
  }

  readCursor(source: string): Promise<string | undefined> {
    return Promise.resolve(this.#cursors.get(source));
  }

  recordRun(run: CollectionRun): Promise<void> {
    this.runs.push(run);
    return Promise.resolve();
  }

  snapshotRead(read: SnapshotRead): void {
    this.reads.push(read);
  }

  /** `type` of every stored event, for short assertions. */
  types(): readonly string[] {
    return this.log.map(({ type }) => type);
  }

  #append(event: DomainEvent): AppendResult {
    const key = `${event.source}/${event.dedupKey}`;
    if (this.#keys.has(key)) return { result: 'duplicate' };
    this.#keys.add(key);
    this.log.push(event);
    this.states.set(event.device, foldEvent(this.states.get(event.device), event));
    const hash = observedHash(event.dedupKey);
    if (hash !== undefined) this.#hashes.set(event.device, hash);
    return { result: 'accepted', seq: this.log.length };
  }

  #known({ key, facts, observedAt }: DeviceState): KnownDevice {
    const contentHash = this.#hashes.get(key);
    return {
      vendorId: facts.vendorId,
      organization: facts.organization,
      observedAt,
      ...(contentHash === undefined ? {} : { contentHash }),
    };
  }
}
