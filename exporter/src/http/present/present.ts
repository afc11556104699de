import type { z } from 'zod';
import type { DevicePatch, PatchRef, PatchStatus } from '../../domain/patch.ts';
import type { Evidence } from '../../domain/evidence.ts';
import { type UnixSeconds, toRfc3339 } from '../../domain/time.ts';
import { type SilenceWindow, effectiveEnd, isOpen } from '../../domain/window.ts';
import type { DeviceView, FleetView, Identity } from '../../fleet/fleet-view.ts';
import type { Device, DeviceDetail } from '../schema/device.ts';
import type { EvidenceOut, Window } from '../schema/record.ts';
import { failedUpdates, lastFailure, missingCritical, oldestMissingCritical } from './patch-sums.ts';
import { deviceName } from './device-label.ts';

/** Absent is null in an answer: unknown, never zero and never false. */
export function timeOrNull(at: UnixSeconds | undefined): string | null {
  return at === undefined ? null : toRfc3339(at);
}

const ref = ({ id, title }: PatchRef): PatchRef => ({ id, title });

export function presentEvidence(evidence: Evidence): z.input<typeof EvidenceOut> {
  return {
    kind: evidence.kind,
    source: evidence.source,
    at: toRfc3339(evidence.at),
    validUntil: toRfc3339(evidence.validUntil),
    patches: evidence.patches.map(ref),
    ref: evidence.ref,
    owner: evidence.owner ?? null,
  };
}

export function presentWindow(
  window: SilenceWindow,
  now: UnixSeconds,
  fleet: Pick<FleetView, 'state'>,
): z.input<typeof Window> {
  const check = window.verification;
  return {
    id: window.id,
    kind: window.kind,
    device: window.device,
    deviceName: deviceName(fleet, window.device, window.organization),
    organization: window.organization,
    instance: window.instance,
    cause: window.cause,
    owner: window.owner,
    triggeredAt: toRfc3339(window.triggeredAt),
    downAt: timeOrNull(window.downAt),
    budgetSeconds: window.budgetSeconds,
    openedAt: toRfc3339(window.openedAt),
    endsAt: toRfc3339(window.endsAt),
    closedAt: timeOrNull(window.closedAt),
    outcome: window.outcome ?? null,
    open: isOpen(window, now),
    patches: window.patches.map(ref),
    evidence: window.evidence.map(presentEvidence),
    verification:
      check === undefined
        ? null
        : {
            verdict: check.verdict,
            startedAt: toRfc3339(check.startedAt),
            settlesAt: toRfc3339(check.settlesAt),
            endedAt: timeOrNull(check.endedAt),
            checks: check.checks.map((result) => ({
              check: result.check,
              result: result.result,
              detail: result.detail,
              at: toRfc3339(result.at),
            })),
          },
  };
}

function windowRef(window: SilenceWindow | undefined, now: UnixSeconds) {
  if (window === undefined) return null;
  return {
    id: window.id,
    cause: window.cause,
    endsAt: toRfc3339(effectiveEnd(window)),
    open: isOpen(window, now),
    outcome: window.outcome ?? null,
  };
}

export function presentIdentity(identity: Identity): Identity & { candidates?: string[] } {
  if (identity.status === 'matched') return { status: 'matched', instance: identity.instance, by: identity.by };
  return identity.status === 'unmatched'
    ? { status: 'unmatched' }
    : { status: 'ambiguous', candidates: [...identity.candidates] };
}

/** Only statuses that occur; undefined when the source says nothing about updates. */
export function countByStatus(
  patches: readonly DevicePatch[] | undefined,
): Partial<Record<PatchStatus, number>> | undefined {
  if (patches === undefined) return undefined;
  const counts: Partial<Record<PatchStatus, number>> = {};
  for (const { status } of patches) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

export function presentDevice(view: DeviceView, now: UnixSeconds): z.input<typeof Device> {
  const { state, compliance } = view;
  const { facts, lastInstall } = state;
  return {
    id: state.key,
    organization: facts.organization,
    site: facts.site ?? null,
    groups: [...facts.groups],
    tags: [...facts.tags],
    name: facts.displayName,
    source: state.source,
    os: facts.os === undefined ? null : { name: facts.os.name, build: facts.os.build ?? null, family: facts.os.family },
    identity: presentIdentity(view.identity) as z.input<typeof Device>['identity'],
    stale: view.stale,
    lastSeenAt: timeOrNull(facts.lastSeenAt),
    lastBootAt: timeOrNull(facts.lastBootAt),
    rebootPending: facts.rebootPending ?? null,
    rebootPendingSince: facts.rebootPending === true ? timeOrNull(state.rebootPendingSince) : null,
    lastInstall:
      lastInstall === undefined ? null : { at: toRfc3339(lastInstall.at), patches: lastInstall.patches.map(ref) },
    patchCounts: countByStatus(facts.patches) ?? null,
    missingCritical: missingCritical(facts.patches) ?? null,
    oldestMissingCriticalAt: timeOrNull(oldestMissingCritical(facts.patches)),
    failed: failedUpdates(facts.patches) ?? null,
    lastFailureAt: timeOrNull(lastFailure(facts.patches)),
    quiet: windowRef(view.quiet, now),
    maintenance: windowRef(view.maintenance, now),
    quietCappedUntil: timeOrNull(view.quietCappedUntil),
    compliance: { verdict: compliance.verdict, reasons: [...compliance.reasons] },
  };
}

export function presentDeviceDetail(view: DeviceView, now: UnixSeconds): z.input<typeof DeviceDetail> {
  const { facts, planned, source } = view.state;
  return {
    ...presentDevice(view, now),
    hostNames: [...facts.hostNames],
    ipAddresses: [...facts.ipAddresses],
    parent: facts.parentVendorId === undefined ? null : `${source}:${facts.parentVendorId}`,
    patches:
      facts.patches?.map((patch) => ({
        ...ref(patch),
        severity: patch.severity,
        kind: patch.kind,
        status: patch.status,
        firstSeenAt: timeOrNull(patch.firstSeenAt),
        installedAt: timeOrNull(patch.installedAt),
      })) ?? null,
    planned: planned.map((plan) => ({
      id: plan.id,
      source: plan.source,
      start: toRfc3339(plan.start),
      end: toRfc3339(plan.end),
      reason: plan.reason,
      owner: plan.owner,
    })),
  };
}
