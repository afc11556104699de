import type { Order } from './order.ts';
import type { DevicePatch, PatchRef } from './patch.ts';
import type { UnixSeconds } from './time.ts';

/** `<source id>:<vendor device id>`: the one name of a device inside the product. */
export type DeviceKey = string;

export function deviceKey(source: string, vendorId: string): DeviceKey {
  return `${source}:${vendorId}`;
}

export interface OsFacts {
  readonly name: string;
  readonly build?: string;
  readonly family: 'windows' | 'linux' | 'macos' | 'other';
}

/**
 * What one complete read of a source says about one device. Absent fields are unknown, never "no":
 * a missing `rebootPending` is not false, a missing `patches` is not a patched machine.
 */
export interface DeviceFacts {
  readonly vendorId: string;
  /** Organization key: the value of the `organization` label. */
  readonly organization: string;
  readonly site?: string;
  readonly groups: readonly string[];
  readonly tags: readonly string[];
  readonly displayName: string;
  /** Names the machine is known by, best first (system name, DNS name, NetBIOS name). */
  readonly hostNames: readonly string[];
  readonly ipAddresses: readonly string[];
  /** Prometheus `instance`, where the source itself knows it (events API, file). */
  readonly instance?: string;
  readonly parentVendorId?: string;
  readonly os?: OsFacts;
  readonly lastSeenAt?: UnixSeconds;
  readonly lastBootAt?: UnixSeconds;
  readonly rebootPending?: boolean;
  /** Open and recently installed updates. Absent = the source could not say; `[]` = it said "none". */
  readonly patches?: readonly DevicePatch[];
  readonly maintenance?: MaintenanceFacts;
}

/** Maintenance as the RMM has it on the device. Without an end it is no evidence: every silence has an absolute end. */
export interface MaintenanceFacts {
  readonly start?: UnixSeconds;
  readonly end: UnixSeconds;
  readonly reason?: string;
}

/** A batch of updates that went in together: members lie within two hours of the newest. */
export interface InstallBatch {
  /** Source id that said so. */
  readonly source: string;
  readonly at: UnixSeconds;
  readonly patches: readonly PatchRef[];
}

/** A dated fact out of an event; `ref` names the event for the ledger. */
export interface Mark {
  /** Source id that said so: it may be another than the device's own, as when a script posts about an RMM's device. */
  readonly source: string;
  readonly at: UnixSeconds;
  readonly ref: string;
  readonly patches: readonly PatchRef[];
  /** Who asked for it, where that is known. */
  readonly owner?: string;
}

/** A time in which this device may be worked on, from a source event or the API. */
export interface PlannedWindow {
  readonly id: string;
  readonly source: string;
  readonly start: UnixSeconds;
  readonly end: UnixSeconds;
  readonly reason: string;
  readonly owner: string;
  /** When it was said, by the sender's clock; absent in states of before it was kept. */
  readonly plannedAt?: UnixSeconds;
}

/** Plans of this id were taken back at this time: one that is told again, or only now arrives, is over as well. */
export interface EndedPlan {
  readonly id: string;
  readonly at: UnixSeconds;
}

/** The fold of everything we accepted about one device. Plain data: equal logs give deeply equal states. */
export interface DeviceState {
  readonly key: DeviceKey;
  readonly source: string;
  readonly facts: DeviceFacts;
  /** Occurrence time of the newest `device.observed` folded in; 0 when the device is known from events only. */
  readonly observedAt: UnixSeconds;
  /** Dedup key of that event: collecting sees from it whether a new read says anything new. */
  readonly observedRef?: string;
  readonly removed: boolean;
  /** Open updates as last known, while the source cannot say: an offline night must not make an old update young. */
  readonly rememberedPatches?: readonly DevicePatch[];
  /** Since when "reboot pending" has been true without a break. */
  readonly rebootPendingSince?: UnixSeconds;
  /** The same, while the source cannot say: a flag that comes back is as old as it was. */
  readonly rememberedPendingSince?: UnixSeconds;
  /** When an event said "pending" that no read has said since: reads that tell nothing new do not renew its word. */
  readonly pendingToldAt?: UnixSeconds;
  readonly lastInstall?: InstallBatch;
  readonly lastInstallFailure?: Mark;
  readonly installStarted?: Mark;
  readonly installEndedAt?: UnixSeconds;
  readonly rebootOrdered?: Mark;
  readonly rebootStarted?: Mark;
  readonly planned: readonly PlannedWindow[];
  /** Newest first. */
  readonly endedPlans?: readonly EndedPlan[];
  /** The newest orders given for it, oldest first. */
  readonly orders?: readonly Order[];
}
