import type { LabelMapping } from './labels.ts';
import type { WindowStart } from './selection.ts';
import { isInsideWindow } from './selection.ts';
import type { Series } from './series-store.ts';
import type { EvalContext, RangeCode, Sample, Vector } from './value.ts';
import { requireDistinct } from './value.ts';

/** The samples of one series inside one range, oldest first, without staleness markers; never empty. */
export interface Window {
  readonly timesMs: readonly number[];
  readonly values: readonly number[];
  readonly startMs: number;
  readonly endMs: number;
}

/** Undefined = the series gives no result. */
type WindowFunction = (window: Window) => number | undefined;

export const WINDOW_FUNCTIONS: Readonly<Record<string, WindowFunction>> = {
  max_over_time: ({ values }) => values.reduce((best, value) => (value > best || Number.isNaN(best) ? value : best)),
  min_over_time: ({ values }) => values.reduce((best, value) => (value < best || Number.isNaN(best) ? value : best)),
  count_over_time: ({ values }) => values.length,
  present_over_time: () => 1,
  sum_over_time: ({ values }) => compensatedSum(values),
  avg_over_time: averageOverTime,
  increase: (window) => {
    const increase = extrapolate(window);
    return increase === undefined ? undefined : increase.rise * increase.factor;
  },
  rate: (window) => {
    const increase = extrapolate(window);
    if (increase === undefined) return undefined;
    return increase.rise * (increase.factor / ((window.endMs - window.startMs) / 1000));
  },
  changes: ({ values }) => {
    let changes = 0;
    for (let i = 1; i < values.length; i++) {
      if (values[i] !== values[i - 1] && !(Number.isNaN(values[i]) && Number.isNaN(values[i - 1]))) changes++;
    }
    return changes;
  },
};

export function runWindowFunction(
  code: RangeCode,
  windowFunction: WindowFunction,
  dropName: LabelMapping,
  windowStart: WindowStart,
  context: EvalContext,
): Vector {
  const found: Sample[] = [];
  for (const series of code.select(context)) {
    const window = collectWindow(code, series, windowStart, context);
    const value = window === undefined ? undefined : windowFunction(window);
    if (value !== undefined) found.push({ labels: dropName(series.labels), value });
  }
  return requireDistinct(found);
}

/** `last_over_time` reads from the newest end and keeps the metric name, as Prometheus does. */
export function lastOverTime(code: RangeCode, windowStart: WindowStart, context: EvalContext): Vector {
  const endMs = context.atMs - code.offsetMs;
  const startMs = endMs - code.rangeMs;
  const found: Sample[] = [];
  for (const series of code.select(context)) {
    let index = series.indexAtOrBefore(endMs);
    while (index >= 0 && series.isStaleAt(index)) index--;
    if (index < 0 || !isInsideWindow(series.timesMs[index] ?? -Infinity, startMs, windowStart)) continue;
    found.push({ labels: series.labels, value: series.values[index] ?? Number.NaN });
  }
  return found;
}

function collectWindow(
  code: RangeCode,
  series: Series,
  windowStart: WindowStart,
  context: EvalContext,
): Window | undefined {
  const endMs = context.atMs - code.offsetMs;
  const startMs = endMs - code.rangeMs;
  const last = series.indexAtOrBefore(endMs);
  let first = last;
  while (first >= 0 && isInsideWindow(series.timesMs[first] ?? -Infinity, startMs, windowStart)) first--;
  const timesMs: number[] = [];
  const values: number[] = [];
  for (let index = first + 1; index <= last; index++) {
    if (series.isStaleAt(index)) continue;
    timesMs.push(series.timesMs[index] ?? Number.NaN);
    values.push(series.values[index] ?? Number.NaN);
  }
  return values.length === 0 ? undefined : { timesMs, values, startMs, endMs };
}

function averageOverTime({ values }: Window): number {
  let count = 0;
  let mean = 0;
  let compensation = 0;
  for (const value of values) {
    count++;
    const step = value / count - mean / count;
    const next = mean + step;
    compensation += Math.abs(mean) >= Math.abs(step) ? mean - next + step : step - next + mean;
    mean = next;
  }
  return mean + compensation;
}

function compensatedSum(values: readonly number[]): number {
  let sum = 0;
  let compensation = 0;
  for (const value of values) {
    const next = sum + value;
    compensation += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + compensation;
}

/**
 * The counter's rise between first and last sample, resets added back, and the factor that stretches it over the range.
 * Source: prometheus promql/functions.go `extrapolatedRate`, 2.42.
 */
function extrapolate(window: Window): { rise: number; factor: number } | undefined {
  const { timesMs, values } = window;
  const count = values.length;
  const [firstMs, lastMs] = [timesMs[0] ?? 0, timesMs[count - 1] ?? 0];
  const first = values[0] ?? 0;
  if (count < 2) return undefined;
  const rise = riseWithResets(values);
  const sampledSeconds = (lastMs - firstMs) / 1000;
  const betweenSamples = sampledSeconds / (count - 1);
  const threshold = betweenSamples * 1.1;
  const toEnd = (window.endMs - lastMs) / 1000;
  let toStart = (firstMs - window.startMs) / 1000;
  if (rise > 0 && first >= 0) toStart = Math.min(toStart, sampledSeconds * (first / rise));
  let stretched = sampledSeconds;
  stretched += toStart < threshold ? toStart : betweenSamples / 2;
  stretched += toEnd < threshold ? toEnd : betweenSamples / 2;
  return { rise, factor: stretched / sampledSeconds };
}

function riseWithResets(values: readonly number[]): number {
  let rise = (values.at(-1) ?? 0) - (values[0] ?? 0);
  let previous = 0;
  for (const value of values) {
    if (value < previous) rise += previous;
    previous = value;
  }
  return rise;
}
