import { noCapabilities } from '../../domain/capabilities.ts';
import type { DeviceFacts } from '../../domain/device.ts';
import { ConnectorError } from '../../domain/errors.ts';
import type { DevicePatch } from '../../domain/patch.ts';
import type { EventPage, SourceEvent } from '../../domain/snapshot.ts';
import type { UnixSeconds } from '../../domain/time.ts';
import type { FleetStream, HealthReading, LookupResult, ReadContext } from '../connector.ts';
import { defineConnector, type ConnectorDeps, type ConnectorMethods } from '../definition.ts';
import { readable } from '../fleet-stream.ts';
import { createReadCounters, toTallies, type ReadCounters } from '../tally.ts';
import { translate } from '../translate.ts';
import { mapActivity } from './activities.ts';
import { readFeed } from './activity-feed.ts';
import { WebhookActivity, type Activity, type Device, type OsPatch } from './api-schema.ts';
import { createNinjaOneClient, type NinjaOneClient, type Read } from './client.ts';
import { NinjaOneOptions } from './config.ts';
import { createAddLateOrganizations, readDirectory } from './directory.ts';
import { mapDevice, type DeviceReports, type Directory } from './mapper.ts';
import { createNinjaOneOrders } from './orders.ts';
import { isSince, mapPatch } from './patches.ts';
import { readReports } from './reports.ts';
import { readServiceRows } from './services.ts';
import { approvalWords, isSelectedClass } from './vocabulary.ts';

const daySeconds = 86_400;
/** A lookup answers "what happened just now", so it reads this far back and no more. */
const lookupHistorySeconds = daySeconds;
const lookupActivities = 200;

export const ninjaOneConnector = defineConnector({
  type: 'ninjaone',
  options: NinjaOneOptions,
  intervals: { snapshotSeconds: 900, eventsSeconds: 30 },
  capabilities: {
    ...noCapabilities,
    snapshots: true,
    perPatch: true,
    rebootPending: true,
    events: true,
    lookup: true,
    services: true,
    servicesWhileDown: true,
    webhooks: true,
    scripts: true,
    reboot: true,
    maintenance: true,
  },
  create: createNinjaOneConnector,
});

/** NinjaOne over its public API v2: snapshot, activity feed, webhook and single-device lookup and orders. */
export function createNinjaOneConnector(options: NinjaOneOptions, deps: ConnectorDeps): ConnectorMethods {
  const client = createNinjaOneClient(options, deps);
  const rebootActions = new Set(options.rebootActions.map((name) => name.trim().toLowerCase()));
  const classes = new Set(options.nodeClasses.map((name) => name.toUpperCase()));
  /** Names and memberships as of the last complete read, for lookups in between. */
  let directory: Directory | undefined;

  function isManaged(device: Device, { unknownWords }: ReadCounters): boolean {
    const approval = translate(approvalWords, device.approvalStatus, 'device.approval', unknownWords);
    return approval !== 'unmanaged' && isSelectedClass(device.nodeClass, classes, unknownWords);
  }

  function facts(device: Device, reports: DeviceReports, names: Directory, counters: ReadCounters): DeviceFacts[] {
    const organization = names.organizationKeys.get(device.organizationId);
    if (organization !== undefined) return [mapDevice(device, reports, names, organization, counters)];
    counters.dropped.add('device.no_organization');
    return [];
  }

  async function* stream(context: ReadContext): FleetStream {
    const startedAt = context.clock.now();
    const counters = createReadCounters();
    const read: Read = { signal: context.signal, dropped: counters.dropped };
    const since = startedAt - options.installHistoryDays * daySeconds;
    // A device refers to all of this by id, so its page can be handed over as soon as it comes.
    const reports = await readReports({ client, read, counters, context, since });
    let names = await readDirectory(client, options.groups, deps.organizationKey, read);
    const addLateOrganizations = createAddLateOrganizations(client, deps.organizationKey, read);
    for await (const page of devicePages(client, read, context)) {
      const devices = page.filter((device) => isManaged(device, counters));
      names = await addLateOrganizations(names, devices);
      yield devices.flatMap((device) => facts(device, reports.of(device.id), names, counters));
    }
    directory = names;
    return { startedAt, completedAt: context.clock.now(), ...toTallies(counters) };
  }

  async function readEvents(cursor: string | undefined, context: ReadContext): Promise<EventPage> {
    const counters = createReadCounters();
    const read: Read = { signal: context.signal, dropped: counters.dropped };
    const page = await readFeed(
      cursor,
      (range) => client.activities(range, read),
      context.clock.now(),
      counters.dropped,
    );
    context.progress('activities', page.activities.length);
    return { events: toEvents(page.activities, counters), cursor: page.cursor, ...toTallies(counters) };
  }

  function toEvents(activities: readonly Activity[], counters: ReadCounters): SourceEvent[] {
    return activities.flatMap((activity) => mapActivity(activity, rebootActions, counters) ?? []);
  }

  async function lookup(vendorId: string, context: ReadContext): Promise<LookupResult> {
    const counters = createReadCounters();
    const read: Read = { signal: context.signal, dropped: counters.dropped };
    const id = toDeviceId(vendorId);
    const device = id === undefined ? undefined : await client.device(id, read);
    if (id === undefined || device === undefined || !isManaged(device, counters))
      return { events: [], ...toTallies(counters) };
    const since = context.clock.now() - lookupHistorySeconds;
    const [names, patches, installs, activities] = await Promise.all([
      directory ?? readDirectory(client, options.groups, deps.organizationKey, read),
      client.devicePatches(id, read),
      client.deviceInstalls(id, toDay(since), read),
      client.deviceActivities(id, lookupActivities, read),
    ]);
    const complete = await createAddLateOrganizations(client, deps.organizationKey, read)(names, [device]);
    directory ??= complete;
    const map = (row: OsPatch): DevicePatch => mapPatch(row, counters);
    const attempts = installs.map(map).filter((patch) => isSince(patch, since));
    const [found] = facts(device, { patches: { current: patches.map(map), attempts } }, complete, counters);
    const recent = toEvents(activities, counters).filter(({ occurredAt }) => occurredAt >= since);
    return {
      ...(found === undefined ? {} : { facts: found }),
      events: [...recent, ...attempts.flatMap((attempt) => installEvent(vendorId, attempt))],
      ...toTallies(counters),
    };
  }

  async function readServices(vendorId: string, context: ReadContext): Promise<HealthReading> {
    const counters = createReadCounters();
    const id = toDeviceId(vendorId);
    const read: Read = { signal: context.signal, dropped: counters.dropped };
    const observed = id === undefined ? [] : await readServiceRows(client, id, read, counters);
    return { observed, ...toTallies(counters) };
  }

  function parseWebhook(body: unknown, _receivedAt: UnixSeconds): readonly SourceEvent[] {
    const parsed = WebhookActivity.safeParse(body);
    if (!parsed.success) throw new ConnectorError('malformed', 'the webhook body is not an activity');
    const { device, ...activity } = parsed.data;
    const named = typeof activity.deviceId === 'number' ? activity.deviceId : undefined;
    if (named !== undefined && device && device.id !== named)
      throw new ConnectorError('malformed', 'the webhook body names two devices');
    return toEvents([{ ...activity, deviceId: named ?? device?.id }], createReadCounters());
  }

  return {
    ...readable(stream),
    readEvents,
    lookup,
    readServices,
    parseWebhook,
    ...createNinjaOneOrders(client, rebootActions),
  };
}

function toDeviceId(vendorId: string): number | undefined {
  return /^\d{1,15}$/.test(vendorId) ? Number(vendorId) : undefined;
}

/** Pages of the device list, each device once. */
async function* devicePages(
  client: NinjaOneClient,
  read: Read,
  context: ReadContext,
): AsyncGenerator<readonly Device[]> {
  const listed = new Set<number>();
  let seen = 0;
  for await (const page of client.devices(read)) {
    seen += page.length;
    context.progress('devices', seen);
    yield page.filter(({ id }) => {
      if (listed.has(id)) read.dropped.add('device.duplicate');
      return !listed.has(id) && listed.add(id);
    });
  }
}

/** An install attempt out of a report, as the event it was: devices in the middle of a reboot report no patches. */
function installEvent(vendorId: string, attempt: DevicePatch): SourceEvent[] {
  const { id, title, status, installedAt } = attempt;
  if (installedAt === undefined || (status !== 'installed' && status !== 'failed')) return [];
  const type = status === 'installed' ? 'patch.installed' : 'patch.install.failed';
  const dedupKey = `install:${vendorId}:${id}:${status}:${String(Math.floor(installedAt))}`;
  return [{ dedupKey, vendorDeviceId: vendorId, occurredAt: installedAt, type, data: { patches: [{ id, title }] } }];
}

function toDay(at: UnixSeconds): string {
  return new Date(at * 1000).toISOString().slice(0, 10);
}
