import type { DeviceState, Mark } from './device.ts';
import type { PatchRef } from './patch.ts';
import type { Policy } from './policy.ts';
import type { UnixSeconds } from './time.ts';

export const evidenceKinds = [
  'install_started',
  'installed',
  'reboot_pending',
  'reboot_ordered',
  'reboot_started',
  'planned_window',
] as const;
export type EvidenceKind = (typeof evidenceKinds)[number];

/** A dated, sourced fact that a reboot of this device is to be expected, with the span in which it may explain an outage. */
export interface Evidence {
  readonly kind: EvidenceKind;
  readonly source: string;
  /** When it happened; also the start of its validity. */
  readonly at: UnixSeconds;
  readonly validUntil: UnixSeconds;
  readonly patches: readonly PatchRef[];
  /** Event reference or snapshot time, for the ledger. */
  readonly ref: string;
  /** Who asked, for planned windows and for reboots ordered through us. */
  readonly owner?: string;
}

/** How fresh a source is. Sources that push (events API, operators) have no interval: each message speaks for itself. */
export interface SourceFreshness {
  /** Last complete read; absent: never. */
  readonly readAt?: UnixSeconds;
  /** Last time the source answered anything at all (snapshot, events, lookup). */
  readonly contactAt?: UnixSeconds;
  readonly snapshotIntervalSeconds?: number;
  /** The shortest of its poll intervals; absent for sources that push. */
  readonly contactIntervalSeconds?: number;
}

/** Patchhaven has lost a source that has not answered for three polls: nothing it said earlier opens a window now. */
export function isLost(freshness: SourceFreshness, now: UnixSeconds): boolean {
  if (freshness.contactIntervalSeconds === undefined) return false;
  return freshness.contactAt === undefined || now - freshness.contactAt > 3 * freshness.contactIntervalSeconds;
}

/**
 * All evidence the device's state holds, valid or not, newest first. Whether a piece explains a given outage is
 * `judgeEvidence`'s question: a decision that refuses has to name what it saw.
 */
export function collectEvidence(
  device: DeviceState,
  freshness: SourceFreshness,
  budgetSeconds: number,
  policy: Policy,
): readonly Evidence[] {
  const lastPatches = device.lastInstall?.patches ?? [];
  const found: (Evidence | undefined)[] = [
    installStarted(device, policy),
    device.lastInstall && {
      kind: 'installed',
      source: device.lastInstall.source,
      at: device.lastInstall.at,
      validUntil: device.lastInstall.at + policy.evidence.installedSeconds,
      patches: lastPatches,
      ref: `${device.lastInstall.source}/install`,
    },
    rebootPending(device, freshness, policy),
    ordered('reboot_ordered', device.rebootOrdered, budgetSeconds, lastPatches),
    ordered('reboot_started', device.rebootStarted, budgetSeconds, lastPatches),
    ...device.planned.map((plan) => ({
      kind: 'planned_window' as const,
      source: plan.source,
      at: plan.start,
      validUntil: planEnd(plan.start, plan.end, policy),
      patches: lastPatches,
      ref: plan.id,
      owner: plan.owner,
    })),
    maintenanceOfSource(device, lastPatches, policy),
  ];
  return found.filter((evidence) => evidence !== undefined).sort((a, b) => b.at - a.at || (a.kind < b.kind ? -1 : 1));
}

function installStarted(device: DeviceState, policy: Policy): Evidence | undefined {
  const started = device.installStarted;
  if (started === undefined) return undefined;
  const limit = started.at + policy.evidence.installStartedSeconds;
  const ends = [device.installEndedAt, device.lastInstallFailure?.at].filter(
    (at) => at !== undefined && at >= started.at,
  );
  return {
    kind: 'install_started',
    source: started.source,
    at: started.at,
    validUntil: Math.min(limit, ...ends.map((at) => at ?? limit)),
    patches: started.patches,
    ref: started.ref,
  };
}

/**
 * "Pending" is a snapshot's word: it holds while that snapshot is fresher than three polls, and at most an hour. What only
 * an event said holds for an hour from then.
 */
function rebootPending(device: DeviceState, freshness: SourceFreshness, policy: Policy): Evidence | undefined {
  const since = device.rebootPendingSince;
  if (device.facts.rebootPending !== true || since === undefined) return undefined;
  const { rebootPendingSeconds } = policy.evidence;
  const polls = device.pendingToldAt === undefined ? freshness.snapshotIntervalSeconds : undefined;
  const fresh = Math.min(3 * (polls ?? Infinity), rebootPendingSeconds);
  const saidAt = device.pendingToldAt ?? Math.max(freshness.readAt ?? 0, since);
  return {
    kind: 'reboot_pending',
    source: device.source,
    at: since,
    validUntil: Math.min(saidAt + fresh, since + policy.evidence.rebootPendingMaxAgeSeconds),
    patches: device.lastInstall?.patches ?? [],
    ref: `${device.source}/reboot-pending`,
  };
}

function ordered(
  kind: 'reboot_ordered' | 'reboot_started',
  mark: Mark | undefined,
  budgetSeconds: number,
  lastPatches: readonly PatchRef[],
): Evidence | undefined {
  if (mark === undefined) return undefined;
  const patches = mark.patches.length > 0 ? mark.patches : lastPatches;
  const { source, at, ref, owner } = mark;
  return { kind, source, at, validUntil: at + budgetSeconds, patches, ref, ...(owner === undefined ? {} : { owner }) };
}

/** What evidence of a source's own maintenance mode refers to. */
export function maintenanceRef(source: string): string {
  return `${source}/maintenance`;
}

/** No plan explains more than a maintenance window may last, whoever made it and whatever it says. */
function planEnd(start: UnixSeconds, end: UnixSeconds, { maintenance }: Policy): UnixSeconds {
  return Math.min(end, start + maintenance.capSeconds);
}

function maintenanceOfSource(
  device: DeviceState,
  lastPatches: readonly PatchRef[],
  policy: Policy,
): Evidence | undefined {
  const maintenance = device.facts.maintenance;
  if (maintenance === undefined) return undefined;
  const at = maintenance.start ?? device.observedAt;
  return {
    kind: 'planned_window',
    source: device.source,
    at,
    validUntil: planEnd(at, maintenance.end, policy),
    patches: lastPatches,
    ref: maintenanceRef(device.source),
  };
}

export type EvidenceVerdict = 'valid' | 'after_outage' | 'expired' | 'spent';

/**
 * Does this piece explain an outage that began at `downAt`?
 * `spent`: the reboot it announced has already happened (a boot, or a return from an earlier window, after it), so a
 * second outage needs a second reason. A planned window is not spent by one reboot: it covers the whole time.
 */
export function judgeEvidence(
  evidence: Evidence,
  outage: { readonly downAt: UnixSeconds; readonly lastBootAt?: UnixSeconds; readonly lastReturnAt?: UnixSeconds },
  clockSkewSeconds: number,
): EvidenceVerdict {
  if (evidence.at > outage.downAt + clockSkewSeconds) return 'after_outage';
  if (evidence.validUntil < outage.downAt) return 'expired';
  if (evidence.kind === 'planned_window') return 'valid';
  const answeredAt = Math.max(bootBefore(outage), outage.lastReturnAt ?? 0);
  return answeredAt > evidence.at ? 'spent' : 'valid';
}

/** A boot reported after the outage began may be this very reboot: it does not spend the evidence for it. */
function bootBefore(outage: { readonly downAt: UnixSeconds; readonly lastBootAt?: UnixSeconds }): UnixSeconds {
  return outage.lastBootAt !== undefined && outage.lastBootAt < outage.downAt ? outage.lastBootAt : 0;
}
