import type { DeviceKey } from './device.ts';
import type { Evidence } from './evidence.ts';
import type { BudgetOrigin } from './learned-budget.ts';
import type { PatchRef } from './patch.ts';
import type { UnixSeconds } from './time.ts';

export type WindowKind = 'quiet' | 'maintenance';

/** Why a window is over. `returned`…`capped` are the quiet window's, `verified`…`expired` the maintenance window's. */
export const windowOutcomes = [
  'returned',
  'overdue',
  'cancelled',
  'contradicted',
  'capped',
  'verified',
  'failed',
  'expired',
] as const;
export type WindowOutcome = (typeof windowOutcomes)[number];

/** A bounded silence: cause, owner, trigger, budget, absolute end, and how it ended. */
export interface SilenceWindow {
  readonly id: string;
  readonly kind: WindowKind;
  readonly device: DeviceKey;
  readonly organization: string;
  readonly instance: string;
  /** In words a person on call understands. */
  readonly cause: string;
  /** `patchhaven` for automatic windows, otherwise who asked for it. */
  readonly owner: string;
  /** Time of the evidence that justified it. */
  readonly triggeredAt: UnixSeconds;
  /** When the device went down (quiet windows). The budget counts from here. */
  readonly downAt?: UnixSeconds;
  readonly budgetSeconds: number;
  /** Where the budget comes from; absent for maintenance and for windows of before it was told. */
  readonly budgetFrom?: BudgetOrigin;
  readonly openedAt: UnixSeconds;
  /** Absolute end, stored before the window takes effect. */
  readonly endsAt: UnixSeconds;
  readonly patches: readonly PatchRef[];
  readonly evidence: readonly Evidence[];
  readonly closedAt?: UnixSeconds;
  readonly outcome?: WindowOutcome;
  /**
   * First time the device was seen to answer after a window that did not end by its return. Without it the outage the
   * window was for may still be going on, whatever a restarted monitoring says about when it began.
   */
  readonly seenUpAt?: UnixSeconds;
  readonly verification?: Verification;
}

export type VerificationVerdict = 'running' | 'passed' | 'failed' | 'not_run';

export interface CheckResult {
  readonly check: string;
  /** `no_data` counts as failed. */
  readonly result: 'passed' | 'failed' | 'no_data';
  readonly detail: string;
  readonly at: UnixSeconds;
}

/** The health checks after the device came back; belongs to the quiet window that ended by its return. */
export interface Verification {
  readonly verdict: VerificationVerdict;
  readonly startedAt: UnixSeconds;
  /** Failures are judged from here on: services get this long to come up. */
  readonly settlesAt: UnixSeconds;
  /** No data counts as failed from here on; absent: from `settlesAt` on. Later where Prometheus was away. */
  readonly noDataFrom?: UnixSeconds;
  readonly rounds: number;
  readonly consecutivePasses: number;
  readonly checks: readonly CheckResult[];
  readonly endedAt?: UnixSeconds;
}

/** The moment a window stops silencing: its stored end, or earlier when it was closed. */
export function effectiveEnd(window: SilenceWindow): UnixSeconds {
  return Math.min(window.endsAt, window.closedAt ?? Infinity);
}

export function isOpen(window: SilenceWindow, now: UnixSeconds): boolean {
  return window.closedAt === undefined && now < window.endsAt;
}
