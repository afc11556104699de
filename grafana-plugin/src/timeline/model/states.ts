import type { LaneState, StateSpan } from '../types';

const words: Readonly<Record<Exclude<LaneState, 'other'>, readonly string[]>> = {
  up: ['up', 'ok', 'online', 'running', 'healthy', 'alive', 'reachable', 'true', 'ready', 'passing', 'normal'],
  down: [
    'down',
    'offline',
    'stopped',
    'failed',
    'unreachable',
    'dead',
    'false',
    'error',
    'unhealthy',
    'critical',
    'overdue',
  ],
  degraded: [
    'degraded',
    'warning',
    'warn',
    'partial',
    'flapping',
    'pending',
    'rebooting',
    'restarting',
    'check failed',
  ],
  unknown: ['unknown', 'no data', 'nodata', 'n/a', 'null', 'stale', ''],
};

const stateOfWord = new Map<string, LaneState>(
  (Object.keys(words) as Array<keyof typeof words>).flatMap((state) =>
    words[state].map((word): [string, LaneState] => [word, state]),
  ),
);

/** A known word, in any case; undefined for the rest. */
export function stateFromWord(text: string): LaneState | undefined {
  return stateOfWord.get(text.trim().toLowerCase());
}

/** As `up` and `probe_success` count: 1 is up, 0 is down; an average in between is degraded, never rounded to up. */
export function stateFromNumber(value: number): LaneState {
  if (!Number.isFinite(value)) {
    return 'unknown';
  }
  if (value <= 0) {
    return 'down';
  }
  return value >= 1 ? 'up' : 'degraded';
}

export interface Reading {
  readonly state: LaneState;
  readonly text: string;
  readonly color?: string;
}

const noReading: Reading = { state: 'unknown', text: '' };

/** Reads a value; `mappedText` is what the field's value mappings make of it and wins where it is a known word. */
export function readState(value: unknown, mappedText?: string): Reading {
  if (value === null || value === undefined) {
    return noReading;
  }
  const mapped = mappedText === undefined ? undefined : stateFromWord(mappedText);
  if (mapped !== undefined) {
    return { state: mapped, text: mappedText ?? '' };
  }
  if (typeof value === 'number') {
    return { state: stateFromNumber(value), text: mappedText ?? String(value) };
  }
  const text = mappedText ?? String(value);
  return { state: stateFromWord(text) ?? 'other', text };
}

export interface SampleOptions {
  /** Distance of the samples; a larger gap than half as much again is unknown. Without it it is guessed. */
  readonly intervalMs?: number;
  /** Where a last state that holds until told otherwise ends: now, or the end of the range. */
  readonly untilMs: number;
}

/** Distance of evenly spaced samples; undefined for states that are written when they change. */
export function guessInterval(times: readonly number[]): number | undefined {
  if (times.length < 4) {
    return undefined;
  }
  const steps: number[] = [];
  for (let i = 1; i < times.length && steps.length < 200; i++) {
    const step = (times[i] ?? 0) - (times[i - 1] ?? 0);
    if (step > 0) {
      steps.push(step);
    }
  }
  steps.sort((a, b) => a - b);
  const median = steps[steps.length >> 1];
  if (median === undefined) {
    return undefined;
  }
  const even = steps.filter((step) => step <= median * 1.1 && step >= median * 0.9).length;
  return even >= steps.length * 0.8 ? median : undefined;
}

/**
 * Joins samples (sorted by time) into spans of one state. Evenly spaced samples hold for one interval; states that are
 * written when they change hold until the next. An empty value ends a state.
 */
export function spansOf(
  times: readonly number[],
  read: (index: number) => Reading,
  options: SampleOptions,
): readonly StateSpan[] {
  const intervalMs = options.intervalMs ?? guessInterval(times);
  const spans: StateSpan[] = [];
  let open: { fromMs: number; toMs: number; reading: Reading } | undefined;
  const close = () => {
    if (open && open.toMs > open.fromMs) {
      spans.push({
        fromMs: open.fromMs,
        toMs: open.toMs,
        state: open.reading.state,
        text: open.reading.text,
        ...(open.reading.color !== undefined && { color: open.reading.color }),
      });
    }
    open = undefined;
  };
  for (let i = 0; i < times.length; i++) {
    const fromMs = times[i] ?? 0;
    const nextMs = times[i + 1];
    const reading = read(i);
    if (reading.state === 'unknown') {
      close();
      continue;
    }
    const toMs = endOfSample(fromMs, nextMs, intervalMs, options.untilMs);
    if (open && open.toMs >= fromMs && open.reading.state === reading.state && open.reading.text === reading.text) {
      open.toMs = toMs;
    } else {
      close();
      open = { fromMs, toMs, reading };
    }
  }
  close();
  return spans;
}

function endOfSample(fromMs: number, nextMs: number | undefined, intervalMs: number | undefined, untilMs: number) {
  if (intervalMs === undefined) {
    return nextMs ?? Math.max(fromMs, untilMs);
  }
  return nextMs !== undefined && nextMs - fromMs <= intervalMs * 1.5 ? nextMs : fromMs + intervalMs;
}

/** The span that holds at a time; spans are sorted. */
export function spanAt(spans: readonly StateSpan[], atMs: number): StateSpan | undefined {
  let low = 0;
  let high = spans.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const span = spans[middle];
    if (!span) {
      return undefined;
    }
    if (atMs < span.fromMs) {
      high = middle - 1;
    } else if (atMs >= span.toMs) {
      low = middle + 1;
    } else {
      return span;
    }
  }
  return undefined;
}
