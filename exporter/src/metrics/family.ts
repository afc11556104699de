import type { DeviceView } from '../fleet/fleet-view.ts';
import type { PatchStatus } from '../domain/patch.ts';
import type { UnixSeconds } from '../domain/time.ts';

/** One series' own label values, in the order of its family's `labels` (empty = label left out), and its value. */
export interface Sample {
  readonly labels: readonly string[];
  readonly value: number;
}

interface FamilyBase {
  readonly name: string;
  /** One sentence; says the unit and what absence means. */
  readonly help: string;
  /** `info` is a gauge of 1 in the text format and an info family in OpenMetrics. */
  readonly type: 'gauge' | 'counter' | 'info';
  /** Labels beside `instance` and the organization label. */
  readonly labels: readonly string[];
  /** `stable`: name and labels change only with a major version. */
  readonly stability: 'stable' | 'experimental';
  readonly unit?: 'seconds';
}

/** A fact about each device. */
export interface DeviceFamily extends FamilyBase {
  readonly scope: 'device';
  /**
   * `instance`: only devices joined to exactly one instance have series. `device`: every device has them, kept apart
   * by a `device` label; `instance` is added where it is known.
   */
  readonly identity: 'instance' | 'device';
  /** True when its lines are few, however many devices there are: labels of closed sets and small numbers. */
  readonly fewLines?: boolean;
  /** When the result changes by the passing of time alone; undefined when it will not. */
  changesAt?(view: DeviceView): UnixSeconds | undefined;
  /** Pure. No value, no sample: absent is not zero. Without own labels at most one sample. */
  generate(view: DeviceView, now: UnixSeconds): readonly Sample[];
}

/** How many devices of one organization have one open update in one status. */
export interface UpdateCount {
  readonly patch: string;
  readonly status: PatchStatus;
  readonly devices: number;
}

/** A count over the devices of one organization, bounded whatever the fleet's size. */
export interface OrganizationFamily extends FamilyBase {
  readonly scope: 'organization';
  generate(updates: readonly UpdateCount[], limits: FamilyLimits): readonly Sample[];
}

export interface FamilyLimits {
  /** Updates named one by one per organization; the rest is counted as `other`. */
  readonly namedUpdates: number;
}

/** A fact about the published pages themselves. */
export interface SnapshotFamily extends FamilyBase {
  readonly scope: 'snapshot';
  /** False when it tells about all organizations: a scrape of some of them then goes without. */
  readonly showToAll: boolean;
  generate(snapshot: SnapshotFacts): readonly Sample[];
}

export interface SnapshotFacts {
  readonly publishedAt: UnixSeconds;
  readonly devices: number;
  /** Devices that share an instance with another and therefore lost their per-instance series. */
  readonly conflictingDevices: number;
}

/** Recorded while the exporter works (see self-metrics.ts); declared here so that documentation and tests know it. */
export interface SelfFamily extends FamilyBase {
  readonly scope: 'self';
  /** True when the organization label is one of its labels. */
  readonly perOrganization: boolean;
}

export type FleetFamily = DeviceFamily | OrganizationFamily | SnapshotFamily;
export type Family = FleetFamily | SelfFamily;

/** The usual result of `generate` for families without labels of their own. */
export function one(value: number | undefined): readonly Sample[] {
  return value === undefined ? nothing : [{ labels: noLabels, value }];
}

export const nothing: readonly Sample[] = [];
const noLabels: readonly string[] = [];
