import type { UnixSeconds } from './time.ts';

export const patchStatuses = [
  'missing',
  'approved',
  'installing',
  'installed',
  'failed',
  'rejected',
  'unknown',
] as const;
export type PatchStatus = (typeof patchStatuses)[number];

export const patchSeverities = ['critical', 'important', 'moderate', 'low', 'optional', 'unspecified'] as const;
export type PatchSeverity = (typeof patchSeverities)[number];

export const patchKinds = ['security', 'feature', 'driver', 'definition', 'rollup', 'software', 'other'] as const;
export type PatchKind = (typeof patchKinds)[number];

/** What names one update in an event or a window. At least a title; the KB where the vendor has one. */
export interface PatchRef {
  /** Stable within the fleet: `KB5041160` where there is a KB number, otherwise the vendor's own id. */
  readonly id: string;
  readonly title: string;
}

/** One update as it stands on one device. */
export interface DevicePatch extends PatchRef {
  readonly severity: PatchSeverity;
  readonly kind: PatchKind;
  readonly status: PatchStatus;
  /** When our own records first saw it open on this device: vendors give no release date. */
  readonly firstSeenAt?: UnixSeconds;
  /** When the vendor says it was installed (or, for `failed`, last tried). Absent when the vendor does not know. */
  readonly installedAt?: UnixSeconds;
}

/** Statuses that still ask for work. `unknown` is among them: unknown is not compliant. */
export const openStatuses: ReadonlySet<PatchStatus> = new Set([
  'missing',
  'approved',
  'installing',
  'failed',
  'unknown',
]);

/** `5041160`, `kb5041160` and `KB5041160` name the same update; anything else is not a KB number. */
export function normalizeKb(text: string | null | undefined): string | undefined {
  const digits = /^\s*(?:kb)?\s*(\d{5,8})\s*$/i.exec(text ?? '')?.[1];
  return digits === undefined ? undefined : `KB${digits}`;
}

/** What people call an update: its KB number, else its title. A vendor's own id tells them nothing. */
export function patchName({ id, title }: PatchRef): string {
  return /^KB\d+$/.test(id) || title === '' ? id : title;
}
