import type { DeviceFacts, DeviceKey } from './device.ts';
import type { OrderOutcome, PlacedOrder } from './order.ts';
import type { PatchRef } from './patch.ts';
import type { UnixSeconds } from './time.ts';

/** What is common to every entry of the event log. */
export interface EventHeader {
  /** Source id from the configuration. */
  readonly source: string;
  /** Unique within the source: the vendor's event id, or a hash of the content. The second arrival is a duplicate. */
  readonly dedupKey: string;
  readonly organization: string;
  readonly device: DeviceKey;
  /** When it happened by the source's clock. Folding goes by this. */
  readonly occurredAt: UnixSeconds;
  /** When it reached us. Kept beside it, never used in its place. */
  readonly receivedAt: UnixSeconds;
}

export type EventBody =
  | { readonly type: 'device.observed'; readonly data: DeviceFacts }
  | { readonly type: 'device.removed'; readonly data: { readonly reason: string } }
  | { readonly type: 'patch.install.started'; readonly data: PatchesData }
  | { readonly type: 'patch.installed'; readonly data: PatchesData & { readonly rebootRequired?: boolean } }
  | { readonly type: 'patch.install.failed'; readonly data: PatchesData & { readonly code?: string } }
  | { readonly type: 'patch.install.completed'; readonly data: PatchesData }
  | { readonly type: 'reboot.pending'; readonly data: ReasonData }
  | { readonly type: 'reboot.ordered'; readonly data: ReasonData }
  | { readonly type: 'reboot.started'; readonly data: ReasonData }
  | { readonly type: 'reboot.completed'; readonly data: { readonly bootAt?: UnixSeconds } }
  | { readonly type: 'maintenance.planned'; readonly data: MaintenanceData }
  | { readonly type: 'maintenance.ended'; readonly data: { readonly id: string } }
  | { readonly type: 'order.placed'; readonly data: PlacedOrder }
  | { readonly type: 'order.settled'; readonly data: OrderOutcome & { readonly id: string } };

export interface PatchesData {
  readonly patches: readonly PatchRef[];
}
export interface ReasonData {
  readonly reason?: string;
  /** Who ordered it, where that is known. */
  readonly owner?: string;
  readonly patches?: readonly PatchRef[];
}
export interface MaintenanceData {
  readonly id: string;
  readonly start: UnixSeconds;
  readonly end: UnixSeconds;
  readonly reason: string;
  readonly owner: string;
}

export type EventType = EventBody['type'];
export type DomainEvent = EventHeader & EventBody;
/** An event as it stands in the log; `seq` grows by arrival and is the cursor of every reader. */
export type StoredEvent = DomainEvent & { readonly seq: number };

export const eventTypes = [
  'device.observed',
  'device.removed',
  'patch.install.started',
  'patch.installed',
  'patch.install.failed',
  'patch.install.completed',
  'reboot.pending',
  'reboot.ordered',
  'reboot.started',
  'reboot.completed',
  'maintenance.planned',
  'maintenance.ended',
  'order.placed',
  'order.settled',
] as const satisfies readonly EventType[];
