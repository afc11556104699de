import type { DeviceKey } from '../domain/device.ts';
import type { Order } from '../domain/order.ts';
import type { Clock, UnixSeconds } from '../domain/time.ts';

interface Watched {
  readonly device: DeviceKey;
  readonly id: string;
  readonly placedAt: UnixSeconds;
  waitSeconds: number;
  nextAt: UnixSeconds;
}

const firstWaitSeconds = 10;
const longestWaitSeconds = 600;
/** What nobody could find out in a day stays as it is. */
const watchSeconds = 24 * 3600;

/** When to ask a source again what became of an order: soon at first, then less and less often. */
export class ReadBacks {
  readonly #clock: Clock;
  readonly #watched = new Map<string, Watched>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  watch(device: DeviceKey, { id, placedAt }: Order): void {
    if (this.#watched.has(id)) return;
    this.#watched.set(id, { device, id, placedAt, waitSeconds: firstWaitSeconds, nextAt: this.#clock.now() });
  }

  forget(id: string): void {
    this.#watched.delete(id);
  }

  /** Those whose time has come; each is due again after a longer wait. */
  due(): readonly { readonly device: DeviceKey; readonly id: string }[] {
    const now = this.#clock.now();
    const due = [...this.#watched.values()].filter(({ nextAt }) => nextAt <= now);
    for (const watched of due) {
      watched.nextAt = now + watched.waitSeconds;
      watched.waitSeconds = Math.min(longestWaitSeconds, watched.waitSeconds * 2);
      if (now - watched.placedAt > watchSeconds) this.#watched.delete(watched.id);
    }
    return due;
  }
}
