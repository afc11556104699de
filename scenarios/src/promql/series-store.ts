import type { LabelSet } from './labels.ts';
import { METRIC_NAME } from './labels.ts';
import type { Matcher } from './matcher.ts';
import { matchesAll } from './matcher.ts';

/** One series' samples in time order. A stale sample is a staleness marker: its value means nothing. */
export class Series {
  readonly labels: LabelSet;
  readonly timesMs: number[] = [];
  readonly values: number[] = [];
  readonly #stale: boolean[] = [];

  constructor(labels: LabelSet) {
    this.labels = labels;
  }

  /** False when the sample is not newer than the last one; Prometheus refuses those too. */
  append(atMs: number, value: number, isStale = false): boolean {
    const last = this.timesMs.at(-1);
    if (last !== undefined && atMs <= last) return false;
    this.timesMs.push(atMs);
    this.values.push(value);
    this.#stale.push(isStale);
    return true;
  }

  isStaleAt(index: number): boolean {
    return this.#stale[index] === true;
  }

  /** Index of the newest sample at or before `atMs`; -1 when there is none. */
  indexAtOrBefore(atMs: number): number {
    const times = this.timesMs;
    let high = times.length - 1;
    if (high < 0 || (times[high] ?? Infinity) <= atMs) return high;
    let low = -1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((times[middle] ?? Infinity) <= atMs) low = middle;
      else high = middle;
    }
    return low;
  }
}

/** A selection that remembers which series matched, so that only series born since the last read are matched again. */
interface CachedSelection {
  seen: number;
  readonly series: Series[];
}

/** All series of one Prometheus, appended in time order. */
export class SeriesStore {
  readonly #all: Series[] = [];
  readonly #byLabels = new Map<LabelSet, Series>();
  readonly #byName = new Map<string, Series[]>();
  readonly #selections = new Map<readonly Matcher[], CachedSelection>();

  /** False when the sample is out of order or a duplicate. */
  append(labels: LabelSet, atMs: number, value: number): boolean {
    return this.#seriesOf(labels).append(atMs, value);
  }

  appendStale(labels: LabelSet, atMs: number): boolean {
    return this.#seriesOf(labels).append(atMs, Number.NaN, true);
  }

  get(labels: LabelSet): Series | undefined {
    return this.#byLabels.get(labels);
  }

  /** The matching series; `matchers` is the cache key, so pass the same array for the same selector. */
  select(matchers: readonly Matcher[]): readonly Series[] {
    let selection = this.#selections.get(matchers);
    if (selection === undefined) {
      selection = { seen: 0, series: [] };
      this.#selections.set(matchers, selection);
    }
    const candidates = this.#candidates(matchers);
    for (; selection.seen < candidates.length; selection.seen++) {
      const series = candidates[selection.seen];
      if (series !== undefined && matchesAll(matchers, series.labels)) selection.series.push(series);
    }
    return selection.series;
  }

  #candidates(matchers: readonly Matcher[]): readonly Series[] {
    const name = matchers.find((matcher) => matcher.name === METRIC_NAME && matcher.operator === '=');
    if (name === undefined) return this.#all;
    return this.#byName.get(name.value) ?? [];
  }

  #seriesOf(labels: LabelSet): Series {
    const known = this.#byLabels.get(labels);
    if (known !== undefined) return known;
    const series = new Series(labels);
    this.#all.push(series);
    this.#byLabels.set(labels, series);
    const name = labels.get(METRIC_NAME);
    const sameName = this.#byName.get(name);
    if (sameName === undefined) this.#byName.set(name, [series]);
    else sameName.push(series);
    return series;
  }
}
