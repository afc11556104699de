import type { DeviceKey } from './device.ts';
import type { UnixSeconds } from './time.ts';

/** Configured for the device, its group or everyone, or learned from past reboots. */
export type BudgetOrigin = 'configured' | 'learned';

/** A reboot after a patch that is over: the device went down, and was seen to answer again. */
export interface PastReboot {
  readonly device: DeviceKey;
  readonly downAt: UnixSeconds;
  /** How long it was away. */
  readonly seconds: number;
  /** What the device has in common with others, smallest set first: groups, then the system, then the organization. */
  readonly pools: readonly string[];
}

export interface LearningOptions {
  /** Share of future reboots that the bound has to cover, for example 0.99. */
  readonly coverage: number;
  /** No bound below this: a fraction of a minute is noise of the monitoring. */
  readonly floorSeconds: number;
}

export interface LearnedBound {
  /** Not yet capped. */
  readonly seconds: number;
  /** `device`, or the name of the pool it was learned from. */
  readonly from: string;
  /** Reboots behind it, and how many of them were this device's own. */
  readonly samples: number;
  readonly own: number;
}

/** How many reboots of its pool a device's own mean is worth, until it has more of its own. */
const priorWeight = 1.5;

interface Pool {
  /** Sum and number of log durations, for the mean of a device that has none. */
  readonly mean: number;
  readonly scores: readonly Score[];
}

/** How far a reboot lay above what was expected of its device, and from how many reboots of it that was known. */
interface Score {
  readonly above: number;
  readonly own: number;
}

/** Upper bounds for the next reboot, from past ones. Built once per change, then asked per device. */
export class BudgetModel {
  readonly #options: LearningOptions;
  readonly #own = new Map<DeviceKey, readonly number[]>();
  readonly #pools = new Map<string, Pool>();

  constructor(reboots: readonly PastReboot[], options: LearningOptions) {
    this.#options = options;
    const ordered = [...reboots].sort((a, b) => a.downAt - b.downAt);
    for (const { device, seconds } of ordered) {
      this.#own.set(device, [...(this.#own.get(device) ?? []), Math.log(Math.max(seconds, 1))]);
    }
    for (const name of new Set(ordered.flatMap(({ pools }) => pools)))
      this.#pools.set(name, toPool(ordered.filter(({ pools }) => pools.includes(name))));
  }

  /**
   * Split-conformal bound: of exchangeable reboots, at least `coverage` stay below it. From the device's own reboots when
   * they are many enough to say so, otherwise from the smallest pool whose are, shifted to this device's own mean.
   * undefined when none is.
   */
  boundFor(device: DeviceKey, pools: readonly string[]): LearnedBound | undefined {
    const own = this.#own.get(device) ?? [];
    const ownRank = rank(own.length, this.#options.coverage);
    const fromOwn = [...own].sort((a, b) => a - b)[ownRank - 1];
    if (fromOwn !== undefined) return this.#bound(fromOwn, 'device', own.length, own.length);
    for (const name of pools) {
      const pool = this.#pools.get(name);
      const scores = pool === undefined ? [] : comparable(pool.scores, own.length, this.#options.coverage);
      const above = scores[rank(scores.length, this.#options.coverage) - 1];
      if (pool === undefined || above === undefined) continue;
      return this.#bound(expected(own, pool.mean) + above, name, scores.length, own.length);
    }
    return undefined;
  }

  #bound(logSeconds: number, from: string, samples: number, own: number): LearnedBound {
    return { seconds: Math.max(Math.exp(logSeconds), this.#options.floorSeconds), from, samples, own };
  }
}

/** The k-th smallest of n values that bounds the next one with the given probability; past n when n are too few. */
function rank(n: number, coverage: number): number {
  return Math.ceil((n + 1) * coverage - 1e-9);
}

/** Each reboot is judged by what was known before it, as the next one will be. */
function toPool(ordered: readonly PastReboot[]): Pool {
  const past = new Map<DeviceKey, { sum: number; count: number }>();
  const scores: Score[] = [];
  let sum = 0;
  for (const [index, { device, seconds }] of ordered.entries()) {
    const value = Math.log(Math.max(seconds, 1));
    const own = past.get(device) ?? { sum: 0, count: 0 };
    const mean = index === 0 ? value : sum / index;
    scores.push({ above: value - shrunk(own.sum, own.count, mean), own: own.count });
    past.set(device, { sum: own.sum + value, count: own.count + 1 });
    sum += value;
  }
  return { mean: ordered.length === 0 ? 0 : sum / ordered.length, scores };
}

/**
 * Scores of reboots that were expected as well as this one is, ascending: a device with three reboots is better known
 * than one with none, so the errors made about the latter would be too large for it. Where such scores are too few, those
 * of devices that were known less fill up, which errs on the long side.
 */
function comparable(scores: readonly Score[], own: number, coverage: number): readonly number[] {
  for (let least = own; least >= 0; least--) {
    const found = scores.filter((score) => score.own >= least && score.own <= own).map(({ above }) => above);
    if (rank(found.length, coverage) <= found.length) return found.sort((a, b) => a - b);
  }
  return [];
}

function expected(own: readonly number[], poolMean: number): number {
  return shrunk(
    own.reduce((sum, value) => sum + value, 0),
    own.length,
    poolMean,
  );
}

/** The device's own mean, drawn towards its pool's as long as it has few reboots. */
function shrunk(sum: number, count: number, poolMean: number): number {
  return (sum + priorWeight * poolMean) / (count + priorWeight);
}
