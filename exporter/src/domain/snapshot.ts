import type { DeviceFacts } from './device.ts';
import type { EventBody } from './event.ts';
import type { UnixSeconds } from './time.ts';

/** Counts of what a read had to leave out or could not name, by closed reason; both end in metrics. */
export type Tally = Readonly<Record<string, number>>;

/** One complete read of a source. Never partial: a connector that cannot finish throws instead. */
export interface PatchSnapshot {
  readonly startedAt: UnixSeconds;
  readonly completedAt: UnixSeconds;
  readonly devices: readonly DeviceFacts[];
  /** Objects dropped because they were malformed, by reason (`device.malformed`, `patch.no_device` …). */
  readonly dropped: Tally;
  /** Vendor words outside our tables, by field (`patch.status`, `patch.severity` …); they became `unknown`. */
  readonly unknownWords: Tally;
}

/** An event as a connector sees it: its own ids, no organization yet (the collector knows which device it is). */
export type SourceEvent = {
  readonly dedupKey: string;
  readonly vendorDeviceId: string;
  readonly occurredAt: UnixSeconds;
} & Exclude<EventBody, { type: 'device.observed' | 'device.removed' }>;

export interface EventPage {
  readonly events: readonly SourceEvent[];
  /** Opaque to everyone but the connector; stored in the same transaction as the events. */
  readonly cursor: string;
  readonly dropped: Tally;
  readonly unknownWords: Tally;
}
