import type { EventBody } from '../../../exporter/src/domain/event.ts';
import type { UnixSeconds } from '../../../exporter/src/domain/time.ts';

export interface Span {
  readonly from: UnixSeconds;
  readonly to: UnixSeconds;
}

/** What really happened: only the oracle and the machines know it. */
export interface TrueOutage {
  readonly downAt: UnixSeconds;
  readonly upAt: UnixSeconds;
  /** `patch`: the reboot that the patch needed. `fault`: anything else, whatever the RMM says at the time. */
  readonly cause: 'patch' | 'fault';
  /** Short times in which it answers before it goes down again: an update that restarts twice. */
  readonly answers: readonly Span[];
  /** False: it lost its network, not its power. */
  readonly boots: boolean;
}

export interface ScenarioDevice {
  readonly id: string;
  readonly organization: string;
  readonly instance: string;
  readonly story: string;
  /** The target in Prometheus carries no organization label, while everything else does. */
  readonly isMislabelled: boolean;
  /** The user's own alert on it says patch_suppress="never". */
  readonly isVital: boolean;
  readonly pendingSince: UnixSeconds | undefined;
  /** In order of time. */
  readonly outages: readonly TrueOutage[];
  /** When its service was dead although the machine answered. */
  readonly unhealthy: Span | undefined;
}

export type ToldEvent = Exclude<EventBody, { type: 'device.observed' | 'device.removed' }> & {
  /** By the sender's clock. */
  readonly occurredAt: UnixSeconds;
};

/** `rmm`: it stands in the vendor's log from `at` on. `api`: it is posted at `at`. */
export interface Delivery {
  readonly at: UnixSeconds;
  /** `operator`: a person plans a window, or ends it, by hand. */
  readonly route: 'rmm' | 'api' | 'operator';
  readonly id: string;
  readonly device: string;
  readonly event: ToldEvent;
  /** Set when it must be refused: no token, a token of another organization, a date in the future. */
  readonly forgery?: 'unauthenticated' | 'other_organization' | 'future' | 'endless';
}

export interface Fault extends Span {
  readonly what: 'exporter' | 'prometheus' | 'alertmanager' | 'rmm';
  /** Alertmanager: its notification log since the last maintenance is lost. */
  readonly isCrash: boolean;
  /** Which of the exporter's replicas. */
  readonly replica: number;
}

export interface Scenario {
  readonly seed: number;
  readonly index: number;
  readonly startAt: UnixSeconds;
  readonly endAt: UnixSeconds;
  readonly budgetSeconds: number;
  readonly dailyCapSeconds: number;
  /** The patch night as a calendar would have it. */
  readonly night: Span;
  readonly devices: readonly ScenarioDevice[];
  readonly deliveries: readonly Delivery[];
  readonly faults: readonly Fault[];
  /** An operator ends the device's open quiet window, if there is one. */
  readonly cancellations: readonly { readonly at: UnixSeconds; readonly device: string }[];
  readonly replicas: 1 | 2;
  /** Users page on alerts of their own with patch_aware="down" in place of our HostDown. */
  readonly ownAlerts: boolean;
}
