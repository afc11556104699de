import { createHash } from 'node:crypto';
import type { DeviceKey } from '../domain/device.ts';
import type { DomainEvent, EventBody } from '../domain/event.ts';
import type { Clock, UnixSeconds } from '../domain/time.ts';
import type { EventLog } from '../fleet/event-log.ts';
import type { DeviceView, FleetView } from '../fleet/fleet-view.ts';
import { apiSource } from '../fleet/source-board.ts';
import type { EventIngest, IncomingEvent, IngestResult, RejectionReason } from '../http/deps.ts';
import type { OrganizationScope } from '../store/patch-store.ts';

export interface IngestDeps {
  readonly clock: Clock;
  readonly fleet: FleetView;
  readonly log: EventLog;
  /** Ids of configured sources of type `events`: their devices may be known from events alone. */
  readonly pushSources: () => ReadonlySet<string>;
  readonly futureToleranceSeconds: () => number;
  readonly onResult: (result: 'accepted' | 'duplicate' | 'rejected', count: number) => void;
}

/** Evidence is worth hours, never weeks; older than this is a mistake of the sender. */
const oldestSeconds = 30 * 24 * 3600;

/** Judges each posted event by itself and appends the good ones in one transaction. */
export function createIngest(deps: IngestDeps): EventIngest {
  return {
    async ingest(batch, sender) {
      const judged = batch.map((event) => judge(event, sender.scope, deps));
      const good = judged.flatMap((item) => ('event' in item ? [item.event] : []));
      const appended = await deps.log.append(good);
      let next = 0;
      const results = judged.map((item): IngestResult => {
        if ('result' in item) return item;
        const result = appended[next];
        next += 1;
        return result?.result === 'accepted'
          ? { result: 'accepted', device: item.event.device }
          : { result: 'duplicate' };
      });
      for (const kind of ['accepted', 'duplicate', 'rejected'] as const) {
        const count = results.filter(({ result }) => result === kind).length;
        if (count > 0) deps.onResult(kind, count);
      }
      return results;
    },
  };
}

type Judged = Extract<IngestResult, { result: 'rejected' }> | { readonly event: DomainEvent };

function judge(incoming: IncomingEvent, scope: OrganizationScope, deps: IngestDeps): Judged {
  const now = deps.clock.now();
  if (incoming.occurredAt > now + deps.futureToleranceSeconds()) {
    return rejected('in_the_future', 'the event is dated in the future; check the clock of the sender', '/time');
  }
  if (incoming.occurredAt < now - oldestSeconds) return rejected('too_old', 'the event is older than 30 days', '/time');
  if (incoming.organization !== undefined && scope !== 'all' && !scope.includes(incoming.organization)) {
    return rejected('organization_not_allowed', 'the token does not cover this organization', '/organization');
  }
  const found = findDevice(incoming, scope, deps);
  if ('result' in found) return found;
  return { event: toEvent(incoming, found.key, found.organization, now) };
}

type Found = { readonly key: DeviceKey; readonly organization: string } | Extract<IngestResult, { result: 'rejected' }>;

function findDevice(incoming: IncomingEvent, scope: OrganizationScope, deps: IngestDeps): Found {
  const visible = (view: DeviceView | undefined): DeviceView | undefined => {
    const organization = view?.state.facts.organization;
    if (view === undefined || organization === undefined) return undefined;
    if (scope !== 'all' && !scope.includes(organization)) return undefined;
    return incoming.organization === undefined || incoming.organization === organization ? view : undefined;
  };
  const known = (view: DeviceView): Found => ({ key: view.state.key, organization: view.state.facts.organization });
  if (incoming.device !== undefined) {
    const view = visible(deps.fleet.get(incoming.device));
    return view === undefined ? newDevice(incoming, incoming.device, deps) : known(view);
  }
  if (incoming.instance !== undefined) {
    const view = visible(deps.fleet.byInstance(incoming.organization, incoming.instance));
    return view === undefined ? rejected('unknown_device', 'no device has this instance', '/instance') : known(view);
  }
  const candidates = byHostName(incoming.hostName ?? '', incoming.organization, deps.fleet).flatMap(
    (view) => visible(view) ?? [],
  );
  const [only, second] = candidates;
  if (only === undefined) return rejected('unknown_device', 'no device has this host name', '/hostName');
  return second === undefined
    ? known(only)
    : rejected('ambiguous_device', 'several devices have this host name', '/hostName');
}

function newDevice(incoming: IncomingEvent, key: DeviceKey, deps: IngestDeps): Found {
  const source = key.slice(0, Math.max(0, key.indexOf(':')));
  const mayCreate =
    deps.pushSources().has(source) && key.length > source.length + 1 && deps.fleet.get(key) === undefined;
  if (!mayCreate) return rejected('unknown_device', 'no device has this id', '/device');
  if (incoming.organization === undefined) {
    return rejected(
      'organization_missing',
      'the first event of a device has to name its organization',
      '/organization',
    );
  }
  return { key, organization: incoming.organization };
}

function byHostName(name: string, organization: string | undefined, fleet: FleetView): DeviceView[] {
  const wanted = name.toLowerCase();
  return [...fleet.devices(organization)].filter(({ state }) =>
    state.facts.hostNames.some((known) => known.toLowerCase() === wanted),
  );
}

function toEvent(
  incoming: IncomingEvent,
  device: DeviceKey,
  organization: string,
  receivedAt: UnixSeconds,
): DomainEvent {
  const body = { type: incoming.type, data: incoming.data } as EventBody;
  return {
    source: apiSource,
    // Two organizations may use the same id for different things.
    dedupKey: incoming.id === undefined ? contentKey(device, incoming) : `${organization}/${incoming.id}`,
    organization,
    device,
    occurredAt: incoming.occurredAt,
    receivedAt,
    ...body,
  };
}

function contentKey(device: DeviceKey, incoming: IncomingEvent): string {
  const content = JSON.stringify([device, incoming.type, incoming.occurredAt, incoming.data]);
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

function rejected(
  reason: RejectionReason,
  detail: string,
  field: string,
): Extract<IngestResult, { result: 'rejected' }> {
  return { result: 'rejected', reason, detail, field };
}
