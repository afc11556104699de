import type { DeviceFacts, OsFacts } from '../../../../exporter/src/domain/device.ts';
import type { DomainEvent, EventBody } from '../../../../exporter/src/domain/event.ts';
import type { LedgerEntry } from '../../../../exporter/src/domain/ledger.ts';
import type { SilenceWindow } from '../../../../exporter/src/domain/window.ts';
import { daysAgo, minutesAgo } from './night.ts';

/** When a machine did not answer; without an end it still does not. */
export interface Span {
  readonly from: number;
  readonly to?: number;
}

export interface FiredAlert {
  readonly name: string;
  readonly state: 'pending' | 'firing';
  readonly activeAt: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** One machine of a world with everything that happened to it. */
export interface Machine {
  readonly source: string;
  readonly facts: DeviceFacts;
  /** Since when its source has reported a pending reboot; needs `facts.rebootPending`. */
  readonly rebootPendingSince?: number;
  readonly events: readonly { readonly at: number; readonly body: EventBody }[];
  readonly windows: readonly SilenceWindow[];
  readonly ledger: readonly LedgerEntry[];
  readonly outages: readonly Span[];
  readonly alerts: readonly FiredAlert[];
}

export interface Place {
  readonly organization: string;
  readonly site: string;
}

/** A machine to which nothing has happened yet; matched, seen two minutes ago, up for four weeks. */
export function aMachine(
  source: string,
  name: string,
  place: Place,
  os: OsFacts,
  groups: readonly string[],
  facts: Partial<DeviceFacts> = {},
): Machine {
  const port = os.family === 'linux' ? 9100 : 9182;
  return {
    source,
    facts: {
      vendorId: name,
      ...place,
      groups,
      tags: [],
      displayName: name.toUpperCase(),
      hostNames: [name, `${name}.${place.organization}.example`],
      ipAddresses: [],
      instance: `${name}:${String(port)}`,
      os,
      lastSeenAt: minutesAgo(2),
      lastBootAt: daysAgo(28),
      rebootPending: false,
      patches: [],
      ...facts,
    },
    events: [],
    windows: [],
    ledger: [],
    outages: [],
    alerts: [],
  };
}

/** The same machine, as no metric names it. */
export function withoutInstance(machine: Machine): Machine {
  const { instance: _instance, ...facts } = machine.facts;
  return { ...machine, facts };
}

export const keyOf = ({ source, facts }: Pick<Machine, 'source' | 'facts'>): string => `${source}:${facts.vendorId}`;

/** The machine's part of the event log: what its source said of it first, then what happened. */
export function eventsOf(machine: Machine, firstSeenAt: number): readonly DomainEvent[] {
  const device = keyOf(machine);
  const header = (at: number, suffix: string) => ({
    source: machine.source,
    dedupKey: `${device}/${suffix}`,
    organization: machine.facts.organization,
    device,
    occurredAt: at,
    receivedAt: at + 4,
  });
  const { facts, rebootPendingSince } = machine;
  const lastSeenAt = facts.lastSeenAt ?? firstSeenAt;
  // An update that was already there would count as known since then.
  const before = { ...facts, rebootPending: false, patches: [] };
  const observed: DomainEvent[] = [{ ...header(firstSeenAt, 'first'), type: 'device.observed', data: before }];
  if (rebootPendingSince !== undefined)
    observed.push({ ...header(rebootPendingSince, 'pending'), type: 'device.observed', data: facts });
  observed.push({ ...header(lastSeenAt, 'last'), type: 'device.observed', data: facts });
  const happened = machine.events.map(({ at, body }, index) => ({ ...header(at, `e${String(index)}`), ...body }));
  return [...observed, ...happened];
}
