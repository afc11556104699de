import type { EventBody, StoredEvent } from '../../domain/event.ts';
import { toRfc3339 } from '../../domain/time.ts';
import type { FleetView } from '../../fleet/fleet-view.ts';
import type { Principal } from '../auth/principal.ts';
import { deviceInstance, deviceName } from './device-label.ts';
import { mayReadArguments } from './present-order.ts';

/** Facts that are times inside the data of an event: bodies never carry epoch numbers. */
const timeKeys = new Set(['start', 'end', 'until', 'bootAt', 'lastSeenAt', 'lastBootAt', 'firstSeenAt', 'installedAt']);

export function presentEvent(
  event: StoredEvent,
  fleet: Pick<FleetView, 'get' | 'state'>,
  reader: Pick<Principal, 'role'>,
) {
  return {
    id: `${event.source}/${event.dedupKey}`,
    type: event.type,
    source: event.source,
    organization: event.organization,
    device: event.device,
    deviceName: deviceName(fleet, event.device, event.organization),
    instance: deviceInstance(fleet, event.device, event.organization),
    occurredAt: toRfc3339(event.occurredAt),
    receivedAt: toRfc3339(event.receivedAt),
    data: withTimes(mayReadArguments(reader) ? event.data : withoutArguments(event)) as Record<string, unknown>,
  };
}

function withoutArguments({ type, data }: EventBody): unknown {
  if (type !== 'order.placed' || data.request.action !== 'script') return data;
  return { ...data, request: { ...data.request, arguments: null } };
}

function withTimes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withTimes);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]: [string, unknown]) => [
      key,
      timeKeys.has(key) && typeof item === 'number' ? toRfc3339(item) : withTimes(item),
    ]),
  );
}
