import type { RangeExpr, SelectorExpr } from './ast.ts';
import type { Series } from './series-store.ts';
import type { EvalContext, RangeCode, Sample, Vector, VectorCode } from './value.ts';
import { vectorCode } from './value.ts';

export const LOOKBACK_MS = 300_000;

/** Whether a sample exactly one range (or look-back) old still counts: yes in Prometheus 2, no since Prometheus 3. */
export type WindowStart = 'closed' | 'open';

export function isInsideWindow(sampleMs: number, startMs: number, windowStart: WindowStart): boolean {
  return windowStart === 'closed' ? sampleMs >= startMs : sampleMs > startMs;
}

export function compileSelector(expr: SelectorExpr, windowStart: WindowStart): VectorCode {
  return vectorCode((context) => {
    const found: Sample[] = [];
    visitSelected(expr, windowStart, context, (series, index) => {
      found.push({ labels: series.labels, value: series.values[index] ?? Number.NaN });
    });
    return found;
  });
}

/** `timestamp(selector)`: the time of each sample found, in seconds, under the series' full labels. */
export function selectTimestamps(expr: SelectorExpr, windowStart: WindowStart, context: EvalContext): Vector {
  const found: Sample[] = [];
  visitSelected(expr, windowStart, context, (series, index) => {
    found.push({ labels: series.labels, value: (series.timesMs[index] ?? Number.NaN) / 1000 });
  });
  return found;
}

export function compileRange(expr: RangeExpr): RangeCode {
  const { matchers, offsetMs } = expr.selector;
  return { type: 'range', rangeMs: expr.rangeMs, offsetMs, select: (context) => context.store.select(matchers) };
}

/** Visits the newest sample of each matching series, unless it is a staleness marker or older than the look-back. */
function visitSelected(
  expr: SelectorExpr,
  windowStart: WindowStart,
  context: EvalContext,
  visit: (series: Series, index: number) => void,
): void {
  const atMs = context.atMs - expr.offsetMs;
  for (const series of context.store.select(expr.matchers)) {
    const index = series.indexAtOrBefore(atMs);
    if (index < 0 || series.isStaleAt(index)) continue;
    if (!isInsideWindow(series.timesMs[index] ?? -Infinity, atMs - LOOKBACK_MS, windowStart)) continue;
    visit(series, index);
  }
}
