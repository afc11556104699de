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
});
