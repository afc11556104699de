import type { VerificationPolicy } from './policy.ts';
import type { UnixSeconds } from './time.ts';
import type { CheckResult, Verification } from './window.ts';

/** The question whether the machine booted at all. It can fail a device, but a boot is no sign of health. */
export const bootCheck = 'boot_time';

export function startVerification(now: UnixSeconds, policy: VerificationPolicy): Verification {
  return {
    verdict: 'running',
    startedAt: now,
    settlesAt: now + policy.settleSeconds,
    rounds: 0,
    consecutivePasses: 0,
    checks: [],
  };
}

/**
 * Takes one round of check results. All must pass in the configured number of consecutive rounds; services get until
 * `settlesAt` to come up, after which a failing round (no data counts as failing) is the verdict; no data gets longer, once,
 * where Prometheus was away. A failed verification goes on being looked at, so that the page it caused is resolved when the
 * checks pass. No checks at all, or a boot alone, is `not_run`, never a pass.
 */
export function foldRound(
  verification: Verification,
  checks: readonly CheckResult[],
  policy: VerificationPolicy,
  now: UnixSeconds,
): Verification {
  if (verification.verdict === 'passed' || verification.verdict === 'not_run') return verification;
  if (checks.length === 0) return { ...verification, verdict: 'not_run', endedAt: now };
  const passed = checks.every((check) => check.result === 'passed');
  const consecutivePasses = passed ? verification.consecutivePasses + 1 : 0;
  const noDataFrom = verification.noDataFrom ?? timeAfterGap(verification, policy, now);
  const next = {
    ...verification,
    rounds: verification.rounds + 1,
    consecutivePasses,
    checks,
    ...(noDataFrom === undefined ? {} : { noDataFrom }),
  };
  const isProven = checks.some(({ check }) => check !== bootCheck);
  if (consecutivePasses >= policy.rounds) return { ...next, verdict: isProven ? 'passed' : 'not_run', endedAt: now };
  const isFailure = ({ result }: CheckResult): boolean => {
    const from = result === 'no_data' ? (noDataFrom ?? verification.settlesAt) : verification.settlesAt;
    return result !== 'passed' && now >= from;
  };
  if (verification.verdict === 'running' && checks.some(isFailure)) return { ...next, verdict: 'failed', endedAt: now };
  return next;
}

/**
 * A Prometheus that was away has to collect anew before "no data" says anything about the device: it gets as long as
 * services get to come up. Only after a gap between two rounds that leaves no time for that before `settlesAt`; undefined
 * otherwise. Checks that ask the RMM have a round every fifth of the settle time, which is no gap.
 */
function timeAfterGap(
  { startedAt, settlesAt, checks }: Verification,
  { settleSeconds, intervalSeconds }: VerificationPolicy,
  now: UnixSeconds,
): UnixSeconds | undefined {
  const pauseSeconds = settleSeconds / 5 + 2 * intervalSeconds;
  const lastAt = Math.max(startedAt, ...checks.map(({ at }) => at));
  const isGap = now - lastAt > pauseSeconds && now + pauseSeconds > settlesAt;
  return isGap ? now + settleSeconds : undefined;
}
