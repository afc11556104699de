import type { DeviceState } from './device.ts';
import { collectEvidence, isLost, judgeEvidence } from './evidence.ts';
import type { Evidence, EvidenceVerdict, SourceFreshness } from './evidence.ts';
import type { BudgetOrigin, LearnedBound } from './learned-budget.ts';
import { budgetFor, type Policy } from './policy.ts';
import { quietSecondsWithin } from './quiet-budget.ts';
import type { UnixSeconds } from './time.ts';
import type { SilenceWindow } from './window.ts';

/** Why a down device got no quiet window. Closed vocabulary: metric label, ledger, explain page. */
export const refusalReasons = [
  'no_evidence',
  'evidence_expired',
  'evidence_after_outage',
  'evidence_spent',
  'already_firing',
  'too_late',
  'window_ended',
  'capped',
  'budget_spent',
  'source_stale',
  'contradicted',
  'never_suppress',
] as const;
export type RefusalReason = (typeof refusalReasons)[number];

/** One device's outage as the monitoring sees it: the earliest and worst of its down-alerts. */
export interface Outage {
  readonly downAt: UnixSeconds;
  /** True when a page for this outage has gone out (HostDown or PostPatchRebootOverdue is firing). */
  readonly paged: boolean;
  /** Alert names, for the ledger. */
  readonly alerts: readonly string[];
  /** One of them is labelled patch_suppress="never". */
  readonly neverSuppress: boolean;
}

export interface DecisionInput {
  readonly device: DeviceState;
  readonly instance: string;
  readonly outage: Outage;
  /** Quiet windows of this device that touch the last 24 h, open or closed. */
  readonly history: readonly SilenceWindow[];
  readonly freshnessOf: (source: string) => SourceFreshness;
  readonly policy: Policy;
  /** What past reboots say about this one; absent where there are too few, or learning is off. */
  readonly learned?: LearnedBound | undefined;
  readonly now: UnixSeconds;
}

export type Decision =
  | {
      readonly action: 'open';
      readonly endsAt: UnixSeconds;
      readonly budgetSeconds: number;
      readonly budgetBasis: string;
      readonly budgetFrom: BudgetOrigin;
      /** The piece that carries the window, then the others that were valid too. */
      readonly evidence: readonly Evidence[];
    }
  | {
      readonly action: 'refuse';
      readonly reason: RefusalReason;
      /** True when more evidence may still change the answer before the alert fires. */
      readonly mayChange: boolean;
      readonly evidence: readonly Evidence[];
      /** With `capped`: when enough of the daily cap is free again. */
      readonly cappedUntil?: UnixSeconds;
    };

/**
 * May this outage be silent? The one place where a quiet window is born; a pure function of its argument.
 * Every doubt (no, old, late, spent or unreachable evidence; an alert already out; a cap reached) answers "refuse".
 */
export function decide(input: DecisionInput): Decision {
  const { device, instance, outage, policy, now } = input;
  const {
    seconds: budgetSeconds,
    basis: budgetBasis,
    from: budgetFrom,
  } = budgetFor(device, instance, policy.budget, input.learned);
  const evidence = collectEvidence(device, input.freshnessOf(device.source), budgetSeconds, policy);
  const refuse = (reason: RefusalReason, mayChange = false): Decision => ({
    action: 'refuse',
    reason,
    mayChange,
    evidence,
  });

  if (outage.neverSuppress) return refuse('never_suppress');
  if (outage.downAt > now + policy.clockSkewSeconds) return refuse('contradicted');
  const age = now - outage.downAt;
  if (outage.paged) return refuse('already_firing');
  if (age > policy.contextDelaySeconds) return refuse('too_late');

  if (hadItsWindow(input.history, outage.downAt)) return refuse('window_ended');
  const lastReturnAt = newestReturn(input.history);
  const lastBootAt = device.facts.lastBootAt;
  const judged = evidence.map((piece) => ({
    piece,
    verdict: judgeEvidence(
      piece,
      {
        downAt: outage.downAt,
        ...(lastBootAt === undefined ? {} : { lastBootAt }),
        ...(lastReturnAt === undefined ? {} : { lastReturnAt }),
      },
      policy.clockSkewSeconds,
    ),
  }));
  const valid = judged.filter(({ verdict }) => verdict === 'valid').map(({ piece }) => piece);
  if (valid.length === 0) return refuse(worstVerdict(judged.map(({ verdict }) => verdict)), true);
  const reachable = valid.filter((piece) => !isLost(input.freshnessOf(piece.source), now));
  if (reachable.length === 0) return refuse('source_stale', true);

  const byBudget = outage.downAt + budgetSeconds;
  if (byBudget <= now) return refuse('budget_spent');
  const { remainingSeconds, freeAt } = quietSecondsWithin(input.history, policy.dailyCapSeconds, now);
  if (remainingSeconds <= 0)
    return { action: 'refuse', reason: 'capped', mayChange: false, evidence, cappedUntil: freeAt };
  return {
    action: 'open',
    budgetSeconds,
    budgetBasis,
    budgetFrom,
    endsAt: Math.min(byBudget, now + remainingSeconds),
    evidence: reachable,
  };
}

/** Of several reasons why nothing fits, the one that came closest to fitting. */
function worstVerdict(verdicts: readonly EvidenceVerdict[]): RefusalReason {
  if (verdicts.includes('spent')) return 'evidence_spent';
  if (verdicts.includes('after_outage')) return 'evidence_after_outage';
  if (verdicts.includes('expired')) return 'evidence_expired';
  return 'no_evidence';
}

/**
 * Did this very outage have its window already (it ran out, or somebody ended it)? Its beginning alone cannot tell: a
 * monitoring that was restarted dates the outage anew. Until the device was seen to answer it is the same one.
 */
function hadItsWindow(history: readonly SilenceWindow[], downAt: UnixSeconds): boolean {
  return history.some(({ kind, outcome, closedAt, seenUpAt }) => {
    if (kind !== 'quiet' || outcome === undefined || closedAt === undefined) return false;
    return (outcome !== 'returned' && seenUpAt === undefined) || closedAt >= downAt;
  });
}

function newestReturn(history: readonly SilenceWindow[]): UnixSeconds | undefined {
  const returns = history.flatMap(({ kind, outcome, closedAt, seenUpAt }) =>
    kind === 'quiet' && outcome !== undefined ? (seenUpAt ?? closedAt ?? []) : [],
  );
  return returns.length === 0 ? undefined : Math.max(...returns);
}

/** Why an open quiet window has to end now; undefined = it may go on until its stored end. */
export type CloseReason = 'returned' | 'overdue' | 'cancelled' | 'contradicted' | 'capped';

/**
 * What the monitoring says of a device in a quiet window: `down`, `answering` (up, but not yet long enough to be
 * believed), `returned`, or `unknown` when it cannot say.
 */
export type Presence = 'down' | 'answering' | 'returned' | 'unknown';

/**
 * May an open window go on? Silence from the monitoring neither ends nor stretches it. `instance` is what the device is
 * matched to now: a device that is matched to something else, or to nothing, is no longer the one the window was for.
 */
export function reviewWindow(
  window: SilenceWindow,
  device: DeviceState | undefined,
  instance: string | undefined,
  presence: Presence,
  policy: Policy,
  freshnessOf: (source: string) => SourceFreshness,
  now: UnixSeconds,
): CloseReason | undefined {
  if (presence === 'returned') return 'returned';
  if (now >= window.endsAt) return presence === 'answering' ? 'returned' : 'overdue';
  if (device === undefined || device.removed || device.facts.organization !== window.organization)
    return 'contradicted';
  if (instance !== window.instance) return 'contradicted';
  return isWithdrawn(window, device, policy, freshnessOf) ? 'contradicted' : undefined;
}

/**
 * Evidence is withdrawn, not merely run out, when what the device's state says today would not have explained the outage
 * then: the source no longer says "pending" without having seen a boot, an install turns out to have failed before, a
 * planned window was ended before. A window stands as long as one of its pieces does.
 */
function isWithdrawn(
  window: SilenceWindow,
  device: DeviceState,
  policy: Policy,
  freshnessOf: (source: string) => SourceFreshness,
): boolean {
  const downAt = window.downAt ?? window.openedAt;
  const held = collectEvidence(device, freshnessOf(device.source), window.budgetSeconds, policy);
  const bootedSince = (device.facts.lastBootAt ?? 0) >= downAt;
  return window.evidence.every((piece) => {
    if (piece.kind === 'reboot_pending' && bootedSince) return false;
    return !held.some((candidate) => {
      if (candidate.kind !== piece.kind) return false;
      // What is planned for another time, or was moved to one, says nothing about this outage.
      if (piece.kind === 'planned_window')
        return judgeEvidence(candidate, { downAt }, policy.clockSkewSeconds) === 'valid';
      return candidate.at > piece.at || candidate.validUntil >= downAt;
    });
  });
}
