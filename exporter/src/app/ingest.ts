import { createHash } from 'node:crypto';
import { deviceKey, type DeviceFacts, type DeviceKey, type DeviceState } from '../domain/device.ts';
import type { DomainEvent, EventBody } from '../domain/event.ts';
import type { Clock, UnixSeconds } from '../domain/time.ts';
import type { EventLog } from '../fleet/event-log.ts';
import type { DeviceView, FleetView } from '../fleet/fleet-view.ts';
import { apiSource } from '../fleet/source-board.ts';
import type { EventIngest, IncomingEvent, IngestResult, RejectionReason } from '../http/deps.ts';
import { hostPart } from '../identity/discovery.ts';
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
      const names = new HostNames(deps.fleet);
      const judged = batch.map((event) => judge(event, sender.scope, names, deps));
      const good = judged.flatMap((item) => ('event' in item ? [...item.introduction, item.event] : []));
      const taken = judged.filter((item) => 'event' in item).length;
      const audit = taken === 0 ? undefined : sender.audit?.(taken);
      const appended = await deps.log.append(good, undefined, audit);
      const results = new Map(good.map((event, i) => [event, appended[i]?.result]));
      const answers = judged.map((item): IngestResult => {
        if ('result' in item) return item;
        const isNew = results.get(item.event) === 'accepted';
        return isNew ? { result: 'accepted', device: item.event.device } : { result: 'duplicate' };
      });
      for (const kind of ['accepted', 'duplicate', 'rejected'] as const) {
        const count = answers.filter(({ result }) => result === kind).length;
        if (count > 0) deps.onResult(kind, count);
      }
      return answers;
    },
  };
}

type Rejected = Extract<IngestResult, { result: 'rejected' }>;
/** `introduction`: what makes a device known that nobody has spoken of before. */
type Judged = Rejected | { readonly event: DomainEvent; readonly introduction: readonly DomainEvent[] };

function judge(incoming: IncomingEvent, scope: OrganizationScope, names: HostNames, deps: IngestDeps): Judged {
  const now = deps.clock.now();
  if (incoming.occurredAt > now + deps.futureToleranceSeconds()) {
    return rejected('in_the_future', 'the event is dated in the future; check the clock of the sender', '/time');
  }
  if (incoming.type === 'reboot.completed' && (incoming.data.bootAt ?? 0) > now + deps.futureToleranceSeconds()) {
    // No later boot would ever count as newer than this one.
    return rejected('in_the_future', 'the boot is dated in the future; check the clock of the sender', '/data/bootAt');
  }
  if (incoming.occurredAt < now - oldestSeconds) return rejected('too_old', 'the event is older than 30 days', '/time');
  if (incoming.organization !== undefined && scope !== 'all' && !scope.includes(incoming.organization)) {
    return rejected('organization_not_allowed', 'the token does not cover this organization', '/organization');
  }
  const found = findDevice(incoming, scope, names, deps);
  if ('result' in found) return found;
  const event = toEvent(incoming, found.key, found.organization, now);
  const introduction = found.facts === undefined ? [] : [introduce(event, found.facts)];
  return { event, introduction };
}

interface Found {
  readonly key: DeviceKey;
  readonly organization: string;
  /** Present when the device is new. */
  readonly facts?: DeviceFacts;
}

function findDevice(
  incoming: IncomingEvent,
  scope: OrganizationScope,
  names: HostNames,
  deps: IngestDeps,
): Found | Rejected {
  const visible = (state: DeviceState | undefined): DeviceState | undefined => {
    const organization = state?.facts.organization;
    if (state === undefined || organization === undefined) return undefined;
    if (scope !== 'all' && !scope.includes(organization)) return undefined;
    return incoming.organization === undefined || incoming.organization === organization ? state : undefined;
  };
  const known = (state: DeviceState): Found => ({ key: state.key, organization: state.facts.organization });
  if (incoming.device !== undefined) {
    const state = visible(deps.fleet.state(incoming.device));
    return state === undefined ? newDevice(incoming, deps) : known(state);
  }
  if (incoming.instance !== undefined) {
    const state = visible(deps.fleet.byInstance(incoming.organization, incoming.instance)?.state);
    return state === undefined ? newDevice(incoming, deps) : known(state);
  }
  const candidates = names.find(incoming.hostName ?? '').flatMap(({ state }) => visible(state) ?? []);
  const [only, second] = candidates;
  if (only === undefined) return newDevice(incoming, deps);
  return second === undefined
    ? known(only)
    : rejected('ambiguous_device', 'several devices have this host name', '/hostName');
}

/**
 * A machine that no RMM knows introduces itself by its first event, where a source of type `events` is configured for
 * it: by an id of that source, by the instance it has in Prometheus, or by its host name.
 */
function newDevice({ device, instance, hostName, organization }: IncomingEvent, deps: IngestDeps): Found | Rejected {
  const field = device !== undefined ? '/device' : instance !== undefined ? '/instance' : '/hostName';
  const sources = deps.pushSources();
  const name = (instance ?? hostName ?? '').toLowerCase();
  const source = device === undefined ? [...sources][0] : device.slice(0, Math.max(0, device.indexOf(':')));
  if (source === undefined || !sources.has(source)) return rejected('unknown_device', 'no such device is known', field);
  if (organization === undefined) {
    const detail = 'the first event of a device has to name its organization';
    return rejected('organization_missing', detail, '/organization');
  }
  // The organization is part of a name that a sender chose: another one may have a machine of the same name, and must
  // not be able to find that out.
  const vendorId = device === undefined ? `${organization}/${name}` : device.slice(source.length + 1);
  if (!vendorId.startsWith(`${organization}/`)) {
    const detail = `no such device is known; a new one is named ${source}:${organization}/<name>`;
    return rejected('unknown_device', detail, field);
  }
  const key = deviceKey(source, vendorId);
  // `a/b` + `c` and `a` + `b/c` are spelled alike.
  const owner = deps.fleet.state(key)?.facts.organization ?? organization;
  if (owner !== organization) return rejected('unknown_device', 'no such device is known', field);
  const host = instance === undefined ? hostName : hostPart(instance);
  const facts: DeviceFacts = {
    vendorId,
    organization,
    groups: [],
    tags: [],
    displayName: instance ?? hostName ?? vendorId,
    hostNames: host === undefined ? [] : [host],
    ipAddresses: [],
    ...(instance === undefined ? {} : { instance }),
  };
  return { key, organization, facts };
}

/** Devices by host name, gathered once per batch and only when asked. */
class HostNames {
  readonly #fleet: FleetView;
  #byName: Map<string, DeviceView[]> | undefined;

  constructor(fleet: FleetView) {
    this.#fleet = fleet;
  }

  find(name: string): readonly DeviceView[] {
    this.#byName ??= this.#gather();
    return this.#byName.get(name.toLowerCase()) ?? [];
  }

  #gather(): Map<string, DeviceView[]> {
    const byName = new Map<string, DeviceView[]>();
    for (const view of this.#fleet.devices()) {
      for (const name of new Set(view.state.facts.hostNames.map((known) => known.toLowerCase()))) {
        const views = byName.get(name);
        if (views === undefined) byName.set(name, [view]);
        else views.push(view);
      }
    }
    return byName;
  }
}

function introduce(event: DomainEvent, facts: DeviceFacts): DomainEvent {
  const { source, organization, device, occurredAt, receivedAt } = event;
  const header = { source, organization, device, occurredAt, receivedAt, dedupKey: `introduced/${device}` };
  return { ...header, type: 'device.observed', data: facts };
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

function rejected(reason: RejectionReason, detail: string, field: string): Rejected {
  return { result: 'rejected', reason, detail, field };
}
