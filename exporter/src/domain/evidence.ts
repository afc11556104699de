import type { PatchRef } from './patch.ts';
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
  /** Who asked, for planned windows. */
  readonly owner?: string;
}
