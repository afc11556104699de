import type { SimulatorClock } from './clock.ts';

interface Entry {
  readonly atUnixSeconds: number;
  readonly order: number;
  readonly run: (atUnixSeconds: number) => void;
}

export interface Schedule {
  /** Runs `run` once the clock has reached the time; equal times keep the order they were asked in. */
  at(atUnixSeconds: number, run: (atUnixSeconds: number) => void): void;
  /** Runs everything that has come due, in time order, each with its own due time. */
  runDue(): void;
  readonly pending: number;
}

const isBefore = (a: Entry, b: Entry | undefined): boolean =>
  b === undefined || a.atUnixSeconds < b.atUnixSeconds || (a.atUnixSeconds === b.atUnixSeconds && a.order < b.order);

/** A binary heap: a patch night of a large fleet plans a million steps. */
export function createSchedule(clock: SimulatorClock): Schedule {
  const heap: Entry[] = [];
  let order = 0;

  function push(entry: Entry): void {
    let place = heap.length;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !isBefore(entry, parent)) break;
      heap[place] = parent;
      place = above;
    }
    heap[place] = entry;
  }

  function pop(): Entry | undefined {
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let place = 0;
    for (;;) {
      const [left, right] = [heap[2 * place + 1], heap[2 * place + 2]];
      const below = right !== undefined && left !== undefined && isBefore(right, left) ? 2 * place + 2 : 2 * place + 1;
      const child = heap[below];
      if (child === undefined || isBefore(last, child)) break;
      heap[place] = child;
      place = below;
    }
    heap[place] = last;
    return first;
  }

  function takeDue(now: number): Entry | undefined {
    const first = heap[0];
    return first !== undefined && first.atUnixSeconds <= now ? pop() : undefined;
  }

  return {
    at(atUnixSeconds, run) {
      push({ atUnixSeconds, order: order++, run });
    },
    runDue() {
      const now = clock.now();
      for (let next = takeDue(now); next !== undefined; next = takeDue(now)) next.run(next.atUnixSeconds);
    },
    get pending() {
      return heap.length;
    },
  };
}
