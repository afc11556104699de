import type { DeviceState } from './device.ts';
import { collectEvidence, isLost, maintenanceRef, type Evidence, type SourceFreshness } from './evidence.ts';
import type { Policy } from './policy.ts';
import type { UnixSeconds } from './time.ts';
import type { SilenceWindow } from './window.ts';

export type MaintenanceStep =
  | { readonly action: 'none' }
  | { readonly action: 'open'; readonly endsAt: UnixSeconds; readonly evidence: Evidence }
  /** The end moves because patching goes on; never past the cap counted from the opening. */
  | { readonly action: 'extend'; readonly endsAt: UnixSeconds; readonly evidence: Evidence }
  | { readonly action: 'close'; readonly outcome: 'expired' | 'failed' | 'verified' | 'contradicted' };

/**
 * While updates go in one after the other each of them moves the end a little. Every move is stored and told, so small
 * ones wait until they add up to this much or until the end is this near.
 */
const extensionSeconds = 300;

/**
 * What should happen to a device's maintenance window. It silences only CPU and service alerts that users opted in.
 * `last` is the device's newest maintenance window, `quiet` its newest quiet window (whose verification ends this one).
 */
export function stepMaintenance(
  device: DeviceState,
  last: SilenceWindow | undefined,
  quiet: SilenceWindow | undefined,
  freshnessOf: (source: string) => SourceFreshness,
  policy: Policy,
  now: UnixSeconds,
): MaintenanceStep {
  const open = last !== undefined && last.closedAt === undefined ? last : undefined;
  if (open !== undefined) {
    const verdict = quiet?.verification?.verdict;
    const verifiedSince = (quiet?.verification?.endedAt ?? 0) >= open.openedAt;
    if (verifiedSince && verdict === 'failed') return { action: 'close', outcome: 'failed' };
    if (verifiedSince && verdict === 'passed') return { action: 'close', outcome: 'verified' };
    if (now >= open.endsAt) return { action: 'close', outcome: 'expired' };
  }
  const reason = newestReason(device, freshnessOf, policy, now);
  const reaches = reason?.endsAt ?? -Infinity;
  if (open !== undefined && reaches < open.endsAt && isWithdrawn(open, device, now))
    return { action: 'close', outcome: 'contradicted' };
  if (reason === undefined) return { action: 'none' };
  if (open === undefined) {
    if (last !== undefined && reason.evidence.at <= (last.closedAt ?? last.endsAt)) return { action: 'none' };
    return {
      action: 'open',
      endsAt: Math.min(reason.endsAt, now + policy.maintenance.capSeconds),
      evidence: reason.evidence,
    };
  }
  const endsAt = Math.min(reason.endsAt, open.openedAt + policy.maintenance.capSeconds);
  const isWorthIt = endsAt - open.endsAt >= extensionSeconds || open.endsAt - now <= extensionSeconds;
  return endsAt > open.endsAt && isWorthIt
    ? { action: 'extend', endsAt, evidence: reason.evidence }
    : { action: 'none' };
}

/**
 * The plan behind the window, or the maintenance that the source had on the device, is not for now any more: it was taken
 * back, ended before its time or moved. What was planned no longer excuses anything.
 */
function isWithdrawn(window: SilenceWindow, device: DeviceState, now: UnixSeconds): boolean {
  return window.evidence.some((piece) => {
    if (piece.kind !== 'planned_window' || piece.validUntil <= now) return false;
    const { maintenance } = device.facts;
    const plans = device.planned.filter(({ id, source }) => id === piece.ref && source === piece.source);
    const spans =
      piece.ref === maintenanceRef(device.source) ? (maintenance === undefined ? [] : [maintenance]) : plans;
    return !spans.some(({ start = 0, end }) => start <= now && now < end);
  });
}

/** The piece of evidence that reaches furthest: installs hold for a while after the last event, plans until their end. */
function newestReason(
  device: DeviceState,
  freshnessOf: (source: string) => SourceFreshness,
  policy: Policy,
  now: UnixSeconds,
): { readonly evidence: Evidence; readonly endsAt: UnixSeconds } | undefined {
  const reasons = collectEvidence(device, freshnessOf(device.source), policy.budget.defaultSeconds, policy)
    .filter((piece) => piece.at <= now && now <= piece.validUntil && !isLost(freshnessOf(piece.source), now))
    .flatMap((evidence) => {
      if (evidence.kind === 'planned_window') return [{ evidence, endsAt: evidence.validUntil }];
      if (evidence.kind === 'installed' || evidence.kind === 'install_started') {
        return [{ evidence, endsAt: evidence.at + policy.maintenance.afterInstallSeconds }];
      }
      return [];
    })
    .filter((reason) => reason.endsAt > now);
  return reasons.sort((a, b) => b.endsAt - a.endsAt)[0];
}
