import pLimit from 'p-limit';
import type { DeviceKey } from '../domain/device.ts';
import type { Clock, UnixSeconds } from '../domain/time.ts';

export interface LookupOptions {
  readonly concurrency: number;
  /** The same device is asked about again after this long at the earliest. */
  readonly againAfterSeconds: number;
}

/**
 * Targeted reads for devices that just went down: bounded in number, one per device at a time, and never awaited by a
 * decision. What they find comes in as events, and the next poll decides on it.
 */
export class Lookups {
  readonly #run: (device: DeviceKey) => Promise<void>;
  readonly #clock: Clock;
  readonly #options: LookupOptions;
  readonly #limit: ReturnType<typeof pLimit>;
  readonly #lastAsked = new Map<DeviceKey, UnixSeconds>();

  constructor(run: (device: DeviceKey) => Promise<void>, clock: Clock, options: LookupOptions) {
    this.#run = run;
    this.#clock = clock;
    this.#options = options;
    this.#limit = pLimit(options.concurrency);
  }

  request(device: DeviceKey): void {
    const now = this.#clock.now();
    const asked = this.#lastAsked.get(device);
    if (asked !== undefined && now - asked < this.#options.againAfterSeconds) return;
    this.#forgetOld(now);
    this.#lastAsked.set(device, now);
    // The run records its own failure; a failed lookup leaves the decision where it was: page.
    void this.#limit(() => this.#run(device)).catch(() => undefined);
  }

  #forgetOld(now: UnixSeconds): void {
    if (this.#lastAsked.size < 10_000) return;
    for (const [device, at] of this.#lastAsked) {
      if (now - at >= this.#options.againAfterSeconds) this.#lastAsked.delete(device);
    }
  }
}
