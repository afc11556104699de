import type { DeviceKey } from './device.ts';
import type { Evidence } from './evidence.ts';
import type { UnixSeconds } from './time.ts';

export const ledgerActions = [
  'planned',
  'opened',
  'extended',
  'closed',
  'refused',
  'verified',
  'verification_failed',
  'verification_skipped',
] as const;
export type LedgerAction = (typeof ledgerActions)[number];

/** One line of the append-only record: what was muted or not, why, until when, and how it ended. */
export interface LedgerEntry {
  readonly at: UnixSeconds;
  readonly organization: string;
  readonly device: DeviceKey;
  readonly instance: string;
  readonly windowId?: string;
  readonly action: LedgerAction;
  /** Closed vocabulary (see decision.ts `refusalReasons` and window outcomes); also a metric label. */
  readonly reason: string;
  /** One sentence for people. */
  readonly text: string;
  readonly actor: string;
  readonly until?: UnixSeconds;
  readonly downAt?: UnixSeconds;
  readonly alert?: string;
  readonly evidence: readonly Evidence[];
}

export type StoredLedgerEntry = LedgerEntry & { readonly seq: number };
