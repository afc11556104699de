import type { LabelInterner, LabelSet } from '../promql/labels.ts';
import { METRIC_NAME } from '../promql/labels.ts';
import type { SeriesStore } from '../promql/series-store.ts';

export interface ExposedSample {
  readonly labels: LabelSet;
  readonly value: number;
}

/**
 * One target as Prometheus scrapes it: a series that is gone gets a staleness marker, a failed scrape marks all of the
 * target's series at once, and `up` says which it was.
 */
export class ScrapeTarget {
  readonly #store: SeriesStore;
  readonly #up: LabelSet;
  #exposed: ReadonlySet<LabelSet> = new Set<LabelSet>();

  /** `targetLabels` are those of `up`: job, instance and what relabelling adds. */
  constructor(store: SeriesStore, interner: LabelInterner, targetLabels: Readonly<Record<string, string>>) {
    this.#store = store;
    this.#up = interner.of({ ...targetLabels, [METRIC_NAME]: 'up' });
  }

  /** The samples carry their full labels, metric name and target labels included. */
  succeed(atMs: number, samples: readonly ExposedSample[]): void {
    const exposed = new Set<LabelSet>();
    for (const { labels, value } of samples) {
      if (this.#store.append(labels, atMs, value)) exposed.add(labels);
    }
    this.#markMissing(atMs, exposed);
    this.#store.append(this.#up, atMs, 1);
  }

  fail(atMs: number): void {
    this.#markMissing(atMs, new Set());
    this.#store.append(this.#up, atMs, 0);
  }

  /** The target left the configuration or service discovery. */
  disappear(atMs: number): void {
    this.#markMissing(atMs, new Set());
    this.#store.appendStale(this.#up, atMs);
  }

  /** A restarted Prometheus no longer knows what the target exposed: what vanished meanwhile gets no marker. */
  forget(): void {
    this.#exposed = new Set();
  }

  #markMissing(atMs: number, exposed: ReadonlySet<LabelSet>): void {
    for (const labels of this.#exposed) if (!exposed.has(labels)) this.#store.appendStale(labels, atMs);
    this.#exposed = exposed;
  }
}
