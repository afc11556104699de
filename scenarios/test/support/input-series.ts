import type { LabelInterner } from '../../src/promql/labels.ts';
import { SeriesStore } from '../../src/promql/series-store.ts';
import type { InputSeries } from './promtool.ts';
import { STEP_MS } from './promtool.ts';

export function appendStep(
  store: SeriesStore,
  interner: LabelInterner,
  input: readonly InputSeries[],
  step: number,
): void {
  for (const { labels, values } of input) {
    const value = values[step];
    if (value === undefined || value === '_') continue;
    if (value === 'stale') store.appendStale(interner.of(labels), step * STEP_MS);
    else store.append(interner.of(labels), step * STEP_MS, value);
  }
}

export function storeOf(interner: LabelInterner, input: readonly InputSeries[]): SeriesStore {
  const store = new SeriesStore();
  const steps = Math.max(0, ...input.map(({ values }) => values.length));
  for (let step = 0; step < steps; step++) appendStep(store, interner, input, step);
  return store;
}
