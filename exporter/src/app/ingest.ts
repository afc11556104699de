import { createHash } from 'node:crypto';
import { deviceKey, type DeviceFacts, type DeviceKey } from '../domain/device.ts';
import type { DomainEvent, EventBody } from '../domain/event.ts';
import type { Policy } from '../domain/policy.ts';
import type { Clock, UnixSeconds } from '../domain/time.ts';
import type { EventLog } from '../fleet/event-log.ts';
import type { FleetView } from '../fleet/fleet-view.ts';
import { apiSource } from '../fleet/source-board.ts';
import type { EventIngest, IncomingEvent, IngestResult, RejectionReason } from '../http/deps.ts';
import { hostPart } from '../identity/discovery.ts';
import type { AppendResult } from '../store/patch-store.ts';
import { refusePlan } from './refuse-plan.ts';

export interface IngestDeps {
  readonly clock: Clock;
  readonly fleet: FleetView;
  readonly log: EventLog;
  /** Ids of configured sources of type `events`: their devices may be known from events alone. */
  readonly pushSources: () => ReadonlySet<string>;
  readonly policy: () => Policy;
  readonly onResult: (result: 'accepted' | 'duplicate' | 'rejected', count: number) => void;
}

/** Evidence is worth hours, never weeks; older than this is a mistake of the sender. */
const oldestSeconds = 30 * 24 * 3600;

/** Judges each posted event by itself and appends the good ones in one transaction. */
export function createIngest(deps: IngestDeps): EventIngest {
  return {
    async ingest(batch, auditOf) {
      const judged = batch.map((event) => judge(event, deps));
      const good = judged.filter(isGood);
      const introductions = good.flatMap(({ introduction }) => introduction ?? []);
      const audit = good.length === 0 ? undefined : auditOf?.(good.length);
      const events = [...introductions, ...good.map(({ event }) => event)];
      const appended = await deps.log.append(events, undefined, audit);
      const counts = { accepted: 0, duplicate: 0, rejected: 0 };
      let next = introductions.length;
      const answers = judged.map((item): IngestResult => {
        const answer = isGood(item) ? answerOf(item.event, appended[next++]) : item;
        counts[answer.result] += 1;
        return answer;
      });
      for (const kind of ['accepted', 'duplicate', 'rejected'] as const)
        if (counts[kind] > 0) deps.onResult(kind, counts[kind]);
      return answers;
    },
  };
}

type Rejected = Extract<IngestResult, { result: 'rejected' }>;

interface Good {
  readonly event: DomainEvent;
  /** What makes a device known that nobody has spoken of before. */
  readonly introduction: DomainEvent | undefined;
}

function isGood(item: Good | Rejected): item is Good {
  return 'event' in item;
}

function answerOf(event: DomainEvent, appended: AppendResult | undefined): IngestResult {
  return appended?.result === 'accepted' ? { result: 'accepted', device: event.device } : { result: 'duplicate' };
}

function judge(incoming: IncomingEvent, deps: IngestDeps): Good | Rejected {
  const now = deps.clock.now();
  const latest = now + deps.policy().futureToleranceSeconds;
  if (incoming.occurredAt > latest) {
    return rejected('in_the_future', 'the event is dated in the future; check the clock of the sender', '/occurredAt');
  }
  if (incoming.type === 'reboot.completed' && (incoming.data.bootAt ?? 0) > latest) {
    // No later boot would ever count as newer than this one.
    return rejected('in_the_future', 'the boot is dated in the future; check the clock of the sender', '/data/bootAt');
  }
  if (incoming.occurredAt < now - oldestSeconds)
    return rejected('too_old', 'the event is older than 30 days', '/occurredAt');
  const found = findDevice(incoming, deps);
  if ('result' in found) return found;
  if (incoming.type === 'maintenance.planned') {
    const refusal = refusePlan(incoming.data, incoming.occurredAt, deps.fleet.state(found.key), deps.policy(), now);
    if (refusal !== undefined) return rejected(refusal.reason, refusal.detail, refusal.field);
  }
  const event = toEvent(incoming, found.key, now);
  return { event, introduction: found.facts && introduce(event, found.facts) };
}

interface Found {
  readonly key: DeviceKey;
  /** Present when the device is new. */
  readonly facts?: DeviceFacts;
}

/** The device an event is about, among those of its organization. */
function findDevice(incoming: IncomingEvent, deps: IngestDeps): Found | Rejected {
  const { organization, device, instance, hostName = '' } = incoming;
  if (device !== undefined) return known(device, organization, deps) ?? unknownDevice('/device');
  if (instance !== undefined) {
    const key = deps.fleet.keyOfInstance(organization, instance);
    return (key === undefined ? undefined : known(key, organization, deps)) ?? newDevice(incoming, deps);
  }
  const [only, second] = deps.fleet.keysOfHost(organization, hostName);
  if (only === undefined) return newDevice(incoming, deps);
  return second === undefined
    ? { key: only }
    : rejected('ambiguous_device', 'several devices have this host name', '/hostName');
}

/** Names the device by the fleet's own string, which is quicker to look up than an equal one. */
function known(key: DeviceKey, organization: string, { fleet }: IngestDeps): Found | undefined {
  const state = fleet.state(key);
  return state?.facts.organization === organization ? { key: state.key } : undefined;
}

/**
 * A machine that no RMM knows introduces itself by its first event, where a source of type `events` is configured for
 * it: by the instance it has in Prometheus, or by its host name.
 */
function newDevice({ instance, hostName, organization }: IncomingEvent, deps: IngestDeps): Found | Rejected {
  const field = instance === undefined ? '/hostName' : '/instance';
  const [source] = deps.pushSources();
  if (source === undefined) return unknownDevice(field);
  // The organization is part of a name that a sender chose: another one may have a machine of the same name, and must
  // not be able to find that out.
  const vendorId = `${organization}/${(instance ?? hostName ?? '').toLowerCase()}`;
  const key = deviceKey(source, vendorId);
  // `a/b` + `c` and `a` + `b/c` are spelled alike.
  const owner = deps.fleet.state(key)?.facts.organization ?? organization;
  if (owner !== organization) return unknownDevice(field);
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
  return { key, facts };
}

function unknownDevice(field: string): Rejected {
  return rejected('unknown_device', 'no such device is known', field);
}

function introduce(event: DomainEvent, facts: DeviceFacts): DomainEvent {
  const { source, organization, device, occurredAt, receivedAt } = event;
  const header = { source, organization, device, occurredAt, receivedAt, dedupKey: `introduced/${device}` };
  return { ...header, type: 'device.observed', data: facts };
}

function toEvent(incoming: IncomingEvent, device: DeviceKey, receivedAt: UnixSeconds): DomainEvent {
  const { id, organization, occurredAt } = incoming;
  const body = { type: incoming.type, data: incoming.data } as EventBody;
  return {
    source: apiSource,
    // Two organizations may use the same id for different things.
    dedupKey: id === undefined ? contentKey(device, incoming) : `${organization}/${id}`,
    organization,
    device,
    occurredAt,
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
