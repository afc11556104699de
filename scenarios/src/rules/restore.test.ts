import { describe, expect, it } from 'vitest';
import { LabelInterner } from '../promql/labels.ts';
import { Series } from '../promql/series-store.ts';
import { restoredActiveAtMs } from './restore.ts';
import { DEFAULT_RULE_SETTINGS } from './rule-environment.ts';

const MINUTE_MS = 60_000;

/** Active since minute 0, last written at `downAtMinute`. */
function forState(downAtMinute: number): Series {
  const series = new Series(new LabelInterner().of({ __name__: 'ALERTS_FOR_STATE' }));
  series.append(downAtMinute * MINUTE_MS, 0);
  return series;
}

describe('restoredActiveAtMs', () => {
  it.each([
    { what: 'was firing already', forMinutes: 15, downAt: 20, at: 25, expected: 0 },
    { what: 'had more than the grace period to go', forMinutes: 30, downAt: 5, at: 9, expected: 4 },
    { what: 'had less than the grace period to go', forMinutes: 15, downAt: 10, at: 12, expected: 7 },
    { what: 'was down for longer than the tolerance', forMinutes: 15, downAt: 10, at: 71, expected: undefined },
  ])('handles an alert that $what', ({ forMinutes, downAt, at, expected }) => {
    const restored = restoredActiveAtMs(
      forState(downAt),
      forMinutes * MINUTE_MS,
      at * MINUTE_MS,
      DEFAULT_RULE_SETTINGS,
    );

    expect(restored).toBe(expected === undefined ? undefined : expected * MINUTE_MS);
  });

  it('restores nothing when the alert had ended before the restart', () => {
    const ended = forState(10);
    ended.append(11 * MINUTE_MS, Number.NaN, true);

    expect(restoredActiveAtMs(ended, 15 * MINUTE_MS, 12 * MINUTE_MS, DEFAULT_RULE_SETTINGS)).toBeUndefined();
  });
});
