import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { Evidence, EvidenceVerdict } from '../domain/evidence.ts';
import type { DeviceKey } from '../domain/device.ts';
import type { EventBody } from '../domain/event.ts';
import type { PrometheusTrouble } from '../domain/prometheus-trouble.ts';
import type { Clock, UnixSeconds } from '../domain/time.ts';
import type { SilenceWindow } from '../domain/window.ts';
import type { FleetView } from '../fleet/fleet-view.ts';
import type { Candidate } from '../identity/candidates.ts';
import type { PlaceResult } from '../orders/order-desk.ts';
import type { NewOrder } from '../orders/place.ts';
import type { AuditRecord, PatchStore } from '../store/patch-store.ts';
import type { HttpSettings } from './settings.ts';

/** An event that passed its schema and the caller's organization scope; which device it is may still be open. */
export type IncomingEvent = EventBody & {
  /** The sender's own id; absent = the content is hashed. */
  readonly id?: string;
  readonly occurredAt: UnixSeconds;
  /** One that the sender may speak for, and the owner of `device` where that is given. */
  readonly organization: string;
  /** Exactly one of the three names the device. */
  readonly device?: DeviceKey;
  readonly instance?: string;
  readonly hostName?: string;
};

export const rejectionReasons = [
  'invalid',
  'organization_not_allowed',
  'organization_missing',
  'unknown_device',
  'ambiguous_device',
  'in_the_future',
  'too_old',
  'plan_too_long',
  'plan_ended',
  'too_many_plans',
] as const;
export type RejectionReason = (typeof rejectionReasons)[number];

export type IngestResult =
  | { readonly result: 'accepted'; readonly device: DeviceKey }
  | { readonly result: 'duplicate' }
  | {
      readonly result: 'rejected';
      readonly reason: RejectionReason;
      readonly detail: string;
      /** JSON pointer inside the event. */
      readonly field?: string;
    };

/** Makes the audit record that is stored with the events; not called when none of them is good. */
export type AuditOf = (good: number) => AuditRecord;

/** Takes events in. Resolves when the accepted ones are on disk: one result per event, in order. */
export interface EventIngest {
  /**
   * A device of another organization than the event's has to be answered exactly like one that does not exist. Throws
   * StoreError: nothing stored.
   */
  ingest(batch: readonly IncomingEvent[], audit?: AuditOf): Promise<readonly IngestResult[]>;
}

export interface WindowRequest {
  readonly devices: readonly DeviceKey[];
  readonly start: UnixSeconds;
  readonly end: UnixSeconds;
  readonly reason: string;
}

/** Refusals a person has to read; the API answers 409 (state) or 422 (request). */
export const windowRefusals = ['unmatched', 'too_long', 'in_the_past', 'capped', 'overlaps', 'already_closed'] as const;
export type WindowRefusal = (typeof windowRefusals)[number];

export type WindowResult =
  | { readonly ok: true; readonly windows: readonly SilenceWindow[] }
  | { readonly ok: false; readonly reason: WindowRefusal; readonly detail: string; readonly device?: DeviceKey };

/** Windows made by people. Stored before they take effect; all devices of one request or none. */
export interface Windows {
  open(request: WindowRequest, actor: string): Promise<WindowResult>;
  cancel(id: string, reason: string, actor: string): Promise<WindowResult>;
}

/** Why a device is, or would be, muted or not. All sentences are for people. */
export interface ExplainResult {
  readonly at: UnixSeconds;
  readonly summary: string;
  readonly evidence: readonly {
    readonly evidence: Evidence;
    readonly verdict: EvidenceVerdict;
    readonly text: string;
  }[];
  readonly decision: {
    readonly action: 'open' | 'keep' | 'close' | 'refuse' | 'none';
    /** Closed vocabulary of refusals and outcomes. */
    readonly reason: string;
    readonly text: string;
    readonly until?: UnixSeconds;
  };
  readonly rules: readonly {
    readonly alert: string;
    readonly state: 'inactive' | 'pending' | 'firing' | 'muted' | 'unknown';
    readonly since?: UnixSeconds;
    readonly text: string;
  }[];
}

export interface Explain {
  /** undefined: no such device. */
  explain(device: DeviceKey): Promise<ExplainResult | undefined>;
}

/** Orders to sources. Placed on disk before they are sent; never sent twice. */
export interface Orders {
  place(device: DeviceKey, order: NewOrder): Promise<PlaceResult>;
  /** What can be run on the device; undefined where its source takes no orders or has no catalogue. Throws ConnectorError. */
  scripts(device: DeviceKey): Promise<readonly ScriptOption[] | undefined>;
}

export interface ScriptOption {
  readonly id: string;
  readonly name: string;
  readonly language?: string;
}

/** An authenticated webhook of one source. */
export interface Webhooks {
  /** Throws ConnectorError('malformed') for a body the source cannot read, StoreError when nothing was stored. */
  receive(source: string, body: unknown): Promise<{ readonly accepted: number; readonly duplicates: number }>;
}

export interface Mappings {
  /** Ties a device to an instance by hand; null takes the hand away again. Resolves when stored and in effect. */
  set(device: DeviceKey, instance: string | null): Promise<void>;
  /** Instances the device could be tied to, likely ones first. `perOrganization` false: they may be anyone's. */
  candidates(device: DeviceKey): { readonly candidates: readonly Candidate[]; readonly perOrganization: boolean };
}

/** `problems` are the lines `check-config` prints; the old configuration stays in force. */
export type ReloadResult = { readonly ok: true } | { readonly ok: false; readonly problems: readonly string[] };

export type StoreReader = Pick<
  PatchStore,
  | 'queryEvents'
  | 'queryLedger'
  | 'queryWindows'
  | 'readWindow'
  | 'recentRuns'
  | 'listTokens'
  | 'saveToken'
  | 'queryAudit'
  | 'appendAudit'
  | 'check'
>;

/** Does Prometheus still tell who is down? Without it no window opens. */
export interface WatcherHealth {
  /** Last time every Prometheus answered; absent: not since the start. */
  readonly lastSuccessAt?: UnixSeconds;
  readonly intervalSeconds: number;
  /** Servers that do not answer whole, and what waits for them. */
  readonly troubles: readonly PrometheusTrouble[];
}

export interface AppDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly version: string;
  readonly settings: () => HttpSettings;
  /** The configuration as it is in force; secrets print as placeholders. */
  readonly config: () => unknown;
  readonly fleet: FleetView;
  readonly watcher: () => WatcherHealth;
  readonly store: StoreReader;
  readonly ingest: EventIngest;
  readonly windows: Windows;
  readonly orders: Orders;
  readonly explain: Explain;
  readonly webhooks: Webhooks;
  readonly mappings: Mappings;
  /** Serves an authorised scrape; `scrapeScope(req)` says which organizations it may show. */
  readonly metrics: (req: IncomingMessage, res: ServerResponse) => void;
  readonly reload: () => Promise<ReloadResult>;
  /** False until the state is loaded and the first pass of the store is done. */
  readonly started: () => boolean;
  /** User names and bcrypt hashes of `--web.config.file`; empty: no basic authentication. */
  readonly basicAuthUsers: () => Readonly<Record<string, string>>;
  /** Seals cursors, 32 bytes. Replicas that serve one client share it. Default: random, so cursors end with the process. */
  readonly cursorKey?: Uint8Array;
}
