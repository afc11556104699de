import type { Clock, UnixSeconds } from '../domain/time.ts';

const minuteSeconds = 60;

/** Counts orders over the last minute: a slip in somebody's loop must not restart a fleet. */
export class Pace {
  readonly #clock: Clock;
  readonly #times = new Map<string, UnixSeconds[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** 0 and counted when one more may go, otherwise the seconds until one may. */
  take(who: string, perMinute: number): number {
    const now = this.#clock.now();
    const recent = (this.#times.get(who) ?? []).filter((at) => now - at < minuteSeconds);
    this.#times.set(who, recent);
    const oldest = recent.at(-perMinute);
    if (oldest !== undefined) return Math.max(1, oldest + minuteSeconds - now);
    recent.push(now);
    return 0;
  }
}
