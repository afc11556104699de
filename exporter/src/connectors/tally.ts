import type { Tally } from '../domain/snapshot.ts';

/** Counts by reason while a read is under way. */
export class Counter {
  readonly #counts = new Map<string, number>();

  add(reason: string, count = 1): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + count);
  }

  toTally(): Tally {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

/** What a read had to leave out and what it could not name: goes with every mapper call of one read. */
export interface ReadCounters {
  readonly dropped: Counter;
  readonly unknownWords: Counter;
}

export function createReadCounters(): ReadCounters {
  return { dropped: new Counter(), unknownWords: new Counter() };
}

/** The counts of a read as its result carries them. */
export function toTallies({ dropped, unknownWords }: ReadCounters): {
  readonly dropped: Tally;
  readonly unknownWords: Tally;
} {
  return { dropped: dropped.toTally(), unknownWords: unknownWords.toTally() };
}

/** Sums tallies by reason. */
export function mergeTallies(...tallies: readonly Tally[]): Tally {
  const sum = new Counter();
  for (const tally of tallies) for (const [reason, count] of Object.entries(tally)) sum.add(reason, count);
  return sum.toTally();
}
