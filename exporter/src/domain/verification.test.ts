import { describe, expect, it } from 'vitest';
import { defaultPolicy } from './policy.ts';
import { bootCheck, foldRound, startVerification } from './verification.ts';
import type { CheckResult, Verification } from './window.ts';

const T = 1_780_000_000;
const policy = defaultPolicy.verification;
const result = (check: string, outcome: CheckResult['result'] = 'passed'): CheckResult => ({
  check,
  result: outcome,
  detail: '',
  at: T,
});

/** Folds rounds of 30 seconds, from `from` on. */
function after(rounds: readonly (readonly CheckResult[])[], from = 0): Verification {
  return rounds.reduce(
    (verification, checks, index) => foldRound(verification, checks, policy, T + from + 30 * index),
    startVerification(T, policy),
  );
}

describe('foldRound', () => {
  it('passes on checks that pass in two rounds in a row', () => {
    const good = [result(bootCheck), result('nginx')];
    expect(after([good]).verdict).toBe('running');
    expect(after([good, good])).toMatchObject({ verdict: 'passed', endedAt: T + 30 });
    expect(after([good, [result('nginx', 'failed')], good]).verdict).toBe('running');
  });

  it('takes a boot for no proof of health: where nothing else can be asked, nothing was verified', () => {
    const booted = [result(bootCheck)];
    expect(after([booted]).verdict).toBe('running');
    expect(after([booted, booted])).toMatchObject({ verdict: 'not_run', endedAt: T + 30 });
    expect(after([booted, booted, [result(bootCheck, 'failed')]]).verdict).toBe('not_run');
  });

  it('fails a boot that did not take place, whatever else can be asked', () => {
    const notBooted = [result(bootCheck, 'failed')];
    expect(after([notBooted, notBooted]).verdict).toBe('running');
    expect(after([notBooted], policy.settleSeconds).verdict).toBe('failed');
  });

  it('is not run where there is nothing to ask', () => {
    expect(after([[]])).toMatchObject({ verdict: 'not_run', rounds: 0 });
  });

  describe('when Prometheus was away', () => {
    const answered = (...rounds: readonly (readonly [number, CheckResult['result']])[]): Verification =>
      rounds.reduce(
        (verification, [at, outcome]) =>
          foldRound(verification, [{ ...result('nginx', outcome), at: T + at }], policy, T + at),
        startVerification(T, policy),
      );

    it('takes its first rounds without data for no failure: it has collected nothing yet', () => {
      expect(answered([60, 'no_data'], [700, 'no_data'], [730, 'passed'], [760, 'passed']).verdict).toBe('passed');
      expect(answered([700, 'no_data'], [730, 'no_data']).verdict).toBe('running');
      // It came back just before the services had to be up.
      expect(answered([60, 'no_data'], [290, 'no_data'], [320, 'no_data']).verdict).toBe('running');
    });
    it('calls it failed once services have had their time again', () => {
      const waited = [930, 960, 990].map((at) => [at, 'no_data'] as const);
      expect(answered([60, 'no_data'], [700, 'no_data'], ...waited).verdict).toBe('running');
      expect(answered([60, 'no_data'], [700, 'no_data'], ...waited, [1000, 'no_data'])).toMatchObject({
        verdict: 'failed',
        endedAt: T + 1000,
      });
    });
    it('judges an answer that says no as ever', () => {
      expect(answered([60, 'no_data'], [700, 'failed']).verdict).toBe('failed');
      expect(answered([60, 'no_data'], [700, 'no_data'], [730, 'failed']).verdict).toBe('failed');
    });
    it('waits once and not again, however often Prometheus goes away', () => {
      expect(answered([60, 'no_data'], [700, 'no_data'], [1400, 'no_data']).verdict).toBe('failed');
    });
    it('gives no more time after a gap that leaves enough of it', () => {
      expect(answered([170, 'no_data'], [290, 'no_data'], [300, 'no_data']).verdict).toBe('failed');
      expect(answered([150, 'no_data'], [240, 'no_data'], [300, 'no_data']).verdict).toBe('failed');
    });
  });
});
