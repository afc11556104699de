import type { DeviceFacts } from '../../domain/device.ts';
import { noCapabilities } from '../../domain/capabilities.ts';
import type { FleetStream, LookupResult, ReadContext } from '../connector.ts';
import { defineConnector, type ConnectorDeps, type ConnectorMethods } from '../definition.ts';
import { readable } from '../fleet-stream.ts';
import { createReadCounters, toTallies, type ReadCounters } from '../tally.ts';
import { textOf } from '../text.ts';
import type { Device } from './api-schema.ts';
import { createDattoClient, type Read } from './client.ts';
import { DattoOptions } from './config.ts';
import { mapDevice } from './mapper.ts';
import { createDattoOrders } from './orders.ts';

export const dattoRmmConnector = defineConnector({
  type: 'datto-rmm',
  options: DattoOptions,
  intervals: { snapshotSeconds: 300, eventsSeconds: 0 },
  capabilities: { ...noCapabilities, snapshots: true, rebootPending: true, lookup: true, scripts: true },
  create: createDattoConnector,
});

/** Datto RMM over its API v2: devices with counts of their updates; components as scripts. */
export function createDattoConnector(options: DattoOptions, deps: ConnectorDeps): ConnectorMethods {
  const vendor = createDattoClient(options, deps);

  function toFacts(device: Device, counters: ReadCounters): DeviceFacts[] {
    if (device.deleted === true) return [];
    const organization = deps.organizationKey(device.siteUid, textOf(device.siteName) ?? `site ${device.siteUid}`);
    return [mapDevice(device, { organization, tagsUdf: options.tagsUdf, counters })];
  }

  async function* stream(context: ReadContext): FleetStream {
    const startedAt = context.clock.now();
    const counters = createReadCounters();
    const read: Read = { signal: context.signal, dropped: counters.dropped };
    let seen = 0;
    for await (const page of vendor.devices(read)) {
      seen += page.length;
      context.progress('devices', seen);
      yield page.flatMap((device) => toFacts(device, counters));
    }
    return { startedAt, completedAt: context.clock.now(), ...toTallies(counters) };
  }

  async function lookup(uid: string, context: ReadContext): Promise<LookupResult> {
    const counters = createReadCounters();
    const read: Read = { signal: context.signal, dropped: counters.dropped };
    const device = /^[\da-f-]{36}$/i.test(uid) ? await vendor.device(uid, read) : undefined;
    const [facts] = device === undefined ? [] : toFacts(device, counters);
    return { ...(facts === undefined ? {} : { facts }), events: [], ...toTallies(counters) };
  }

  return { ...readable(stream), lookup, ...createDattoOrders(vendor) };
}
