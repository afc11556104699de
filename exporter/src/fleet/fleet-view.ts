import type { Capabilities } from '../domain/capabilities.ts';
import type { Compliance } from '../domain/compliance.ts';
import type { DeviceKey, DeviceState } from '../domain/device.ts';
import type { UnixSeconds } from '../domain/time.ts';
import type { SilenceWindow } from '../domain/window.ts';
import type { NamedDevice } from './name-order.ts';

/** How a device was joined to a Prometheus `instance`, or why it was not. */
export type Identity =
  | {
      readonly status: 'matched';
      readonly instance: string;
      readonly by: 'mapping' | 'source' | 'template' | 'discovery';
    }
  | { readonly status: 'unmatched' }
  /** More than one instance fits this device, or more than one device fits the instance: no match, so nothing is muted. */
  | { readonly status: 'ambiguous'; readonly candidates: readonly string[] };

/** Everything readers (metrics, API) need to know about one device, computed by the fleet; never mutated. */
export interface DeviceView {
  readonly state: DeviceState;
  readonly identity: Identity;
  /** The latest quiet window if it is open or ended less than 24 h ago. */
  readonly quiet?: SilenceWindow;
  /** Likewise for maintenance. */
  readonly maintenance?: SilenceWindow;
  /** Present while the daily cap refuses new quiet windows: when the budget frees up again. */
  readonly quietCappedUntil?: UnixSeconds;
  readonly compliance: Compliance;
  /** True when the source is too old to be believed: values that depend on a fresh read are then left out. */
  readonly stale: boolean;
}

export interface SourceStatus {
  readonly id: string;
  readonly type: string;
  readonly capabilities: Capabilities;
  /** undefined until the first read ended. */
  readonly up?: boolean;
  readonly lastSuccessAt?: UnixSeconds;
  readonly lastAttemptAt?: UnixSeconds;
  readonly lastErrorKind?: string;
  readonly lastErrorMessage?: string;
  readonly devices: number;
  readonly intervalSeconds: number;
  readonly reading?: { readonly since: UnixSeconds; readonly what: string; readonly count: number };
}

export interface FleetView {
  readonly size: number;
  /** Log position that the view includes; changes whenever anything does (ETag). */
  readonly revision: number;
  get(key: DeviceKey): DeviceView | undefined;
  /** The state alone, without the judging that a view takes after every change. */
  state(key: DeviceKey): DeviceState | undefined;
  /** In key order within an organization; organizations in name order. */
  devices(organization?: string): Iterable<DeviceView>;
  /** The devices of an organization by name in lower case, then key, as of a moment ago; never changed afterwards. */
  byName(organization: string): Promise<readonly NamedDevice[]>;
  organizations(): readonly string[];
  byInstance(organization: string | undefined, instance: string): DeviceView | undefined;
  /** The same without a view; where instances are unique in the whole fleet, of whatever organization. */
  keyOfInstance(organization: string | undefined, instance: string): DeviceKey | undefined;
  /** Devices of an organization that have this host name, in any case. */
  keysOfHost(organization: string, hostName: string): readonly DeviceKey[];
  sources(): readonly SourceStatus[];
}
