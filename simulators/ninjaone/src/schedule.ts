import type { SimulatorClock } from './clock.ts';

interface Entry {
  readonly atUnixSeconds: number;
  readonly run: (atUnixSeconds: number) => void;
}

export interface Schedule {
  /** Runs `run` once the clock has reached the time; equal times keep the order they were asked in. */
  at(atUnixSeconds: number, run: (atUnixSeconds: number) => void): void;
  /** Runs everything that has come due, in time order, each with its own due time. */
  runDue(): void;
  readonly pending: number;
}

export function createSchedule(clock: SimulatorClock): Schedule {
  const entries: Entry[] = [];

  /** Binary search: a patch night of 50,000 devices plans half a million entries. */
  function firstLaterThan(atUnixSeconds: number): number {
    let low = 0;
    let high = entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((entries[middle]?.atUnixSeconds ?? Infinity) <= atUnixSeconds) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function takeNextDue(now: number): Entry | undefined {
    const first = entries[0];
    return first !== undefined && first.atUnixSeconds <= now ? entries.shift() : undefined;
  }

  return {
    at(atUnixSeconds, run) {
      entries.splice(firstLaterThan(atUnixSeconds), 0, { atUnixSeconds, run });
    },
    runDue() {
      const now = clock.now();
      for (let next = takeNextDue(now); next !== undefined; next = takeNextDue(now)) next.run(next.atUnixSeconds);
    },
    get pending() {
      return entries.length;
    },
  };
}
