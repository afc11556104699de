import type { DeviceKey } from '../domain/device.ts';
import type { DomainEvent } from '../domain/event.ts';
import type { AppendResult, AuditRecord, PatchStore, SourceCursor } from '../store/patch-store.ts';
import type { Fleet } from './fleet.ts';

/** The one way in: an event is durable first, folded second, told to listeners third. */
export class EventLog {
  readonly #store: PatchStore;
  readonly #fleet: Fleet;
  readonly #listeners: ((devices: ReadonlySet<DeviceKey>) => void)[] = [];

  constructor(store: PatchStore, fleet: Fleet) {
    this.#store = store;
    this.#fleet = fleet;
  }

  /** Called with the devices whose state a batch touched. */
  onFolded(listener: (devices: ReadonlySet<DeviceKey>) => void): void {
    this.#listeners.push(listener);
  }

  /** One result per event, in order. Rejects with StoreError when nothing was stored, the record of the sender neither. */
  async append(
    events: readonly DomainEvent[],
    cursor?: SourceCursor,
    audit?: AuditRecord,
  ): Promise<readonly AppendResult[]> {
    if (events.length === 0 && cursor === undefined) return [];
    const results = await this.#store.appendEvents(events, cursor, audit);
    let seq = 0;
    const accepted = events.filter((_, i) => {
      const result = results[i];
      if (result?.result !== 'accepted') return false;
      seq = result.seq;
      return true;
    });
    if (accepted.length > 0) {
      this.#fleet.apply(accepted, seq);
      const devices = new Set(accepted.map((event) => event.device));
      for (const listener of this.#listeners) listener(devices);
    }
    return results;
  }
}

const replayBatch = 5000;

/**
 * Brings the fleet to the end of the log: saved states first, then every event after the position they include.
 * Returns how many events were replayed.
 */
export async function restoreFleet(store: PatchStore, fleet: Fleet): Promise<number> {
  const { seq } = await store.loadStates((states) => {
    fleet.restore(states, 0);
  });
  fleet.restore([], seq);
  let replayed = 0;
  for (let after = seq; ;) {
    const events = await store.queryEvents({ scope: 'all', afterSeq: after, order: 'asc', limit: replayBatch });
    const last = events.at(-1);
    if (last === undefined) return replayed;
    fleet.apply(events, last.seq);
    replayed += events.length;
    if (events.length < replayBatch) return replayed;
    after = last.seq;
  }
}
