import { noCapabilities } from '../../domain/capabilities.ts';
import type { DeviceFacts, MaintenanceFacts } from '../../domain/device.ts';
import { ConnectorError } from '../../domain/errors.ts';
import type { DevicePatch } from '../../domain/patch.ts';
import type { UnixSeconds } from '../../domain/time.ts';
import type { FleetStream, LookupResult, ReadContext } from '../connector.ts';
import { defineConnector, type ConnectorDeps, type ConnectorMethods } from '../definition.ts';
import { DetailRotation } from '../detail-rotation.ts';
import { readable } from '../fleet-stream.ts';
import { createReadCounters, toTallies, type ReadCounters } from '../tally.ts';
import { createLocalTimeReader } from '../vendor-time.ts';
import type { Computer } from './api-schema.ts';
import { createAutomateClient, type Read } from './client.ts';
import { AutomateOptions } from './config.ts';
import { maintenanceByComputer } from './maintenance.ts';
import { isWindows, mapComputer } from './mapper.ts';
import { createAutomateOrders } from './orders.ts';
import { createServerTimeReader, type ReadServerTime } from './server-time.ts';
import { mapUpdates, toApprovalWords } from './updates.ts';

const daySeconds = 86_400;

export const connectWiseAutomateConnector = defineConnector({
  type: 'connectwise-automate',
  options: AutomateOptions,
  intervals: { snapshotSeconds: 600, eventsSeconds: 0 },
  capabilities: {
    ...noCapabilities,
    snapshots: true,
    perPatch: true,
    rebootPending: true,
    lookup: true,
    scripts: true,
    reboot: true,
  },
  create: createAutomateConnector,
});

/** ConnectWise Automate over its REST API v1: computers by id, update lists in turns; scripts and reboots. */
export function createAutomateConnector(options: AutomateOptions, deps: ConnectorDeps): ConnectorMethods {
  const vendor = createAutomateClient(options, deps);
  const readLocalTime = createLocalTimeReader(options.timeZone);
  const approvalWords = toApprovalWords(options.approvalWords);
  const rotation = new DetailRotation<readonly DevicePatch[] | undefined>({
    perRead: options.updateListsPerRead,
    maxAgeSeconds: options.updateListMaxAgeHours * 3600,
  });

  async function timeReader(read: Read, now: UnixSeconds): Promise<ReadServerTime> {
    const serverNow = options.timeZone === undefined ? undefined : await vendor.serverTime(read);
    return createServerTimeReader(readLocalTime, serverNow, now, read.dropped);
  }

  async function updatesOf(id: number, read: Read, now: UnixSeconds, readTime: ReadServerTime, counters: ReadCounters) {
    const since = now - options.installHistoryDays * daySeconds;
    const [stats, rows] = await Promise.all([vendor.patchingStats(id, read), vendor.updates(id, read)]);
    return mapUpdates(rows, stats, { counters, approvalWords, readTime, since });
  }

  /** Asked for only where a computer says that it is in maintenance; a server without the list explains nothing by it. */
  function maintenanceReader(read: Read, readTime: ReadServerTime) {
    let modes: Promise<ReadonlyMap<number, MaintenanceFacts>> | undefined;
    return async (computers: readonly Computer[]): Promise<ReadonlyMap<number, MaintenanceFacts>> => {
      if (!computers.some(({ IsMaintenanceModeEnabled }) => IsMaintenanceModeEnabled === true)) return new Map();
      modes ??= vendor
        .maintenanceModes(read)
        .catch((error: unknown) => {
          const isMissing = error instanceof ConnectorError && (error.status === 404 || error.kind === 'forbidden');
          if (!isMissing) throw error;
          return [];
        })
        .then((rows) => maintenanceByComputer(rows, readTime, read.dropped));
      return await modes;
    };
  }

  const toFacts = (
    computer: Computer,
    updates: readonly DevicePatch[] | undefined,
    readTime: ReadServerTime,
    counters: ReadCounters,
    maintenance: MaintenanceFacts | undefined,
  ): DeviceFacts => {
    const { Id, Name } = computer.Client;
    const name = Name?.trim() ?? '';
    const organization = deps.organizationKey(String(Id), name === '' ? `organization ${String(Id)}` : name);
    return mapComputer(computer, { organization, updates, readTime, counters, maintenance });
  };

  async function* stream(context: ReadContext): FleetStream {
    const startedAt = context.clock.now();
    const counters = createReadCounters();
    const read: Read = { signal: context.signal, dropped: counters.dropped };
    const readTime = await timeReader(read, startedAt);
    const details = rotation.begin(
      startedAt,
      (id) => updatesOf(Number(id), read, startedAt, readTime, counters),
      counters.dropped,
    );
    const maintenanceOf = maintenanceReader(read, readTime);
    let seen = 0;
    for await (const page of vendor.computers(read)) {
      seen += page.length;
      context.progress('devices', seen);
      const updates = await details.take(page.filter(isWindows).map(rotationItem));
      const modes = await maintenanceOf(page);
      yield page.map((computer) =>
        toFacts(computer, updates.get(String(computer.Id)), readTime, counters, modes.get(computer.Id)),
      );
    }
    details.finish();
    return { startedAt, completedAt: context.clock.now(), ...toTallies(counters) };
  }

  async function lookup(vendorId: string, context: ReadContext): Promise<LookupResult> {
    const now = context.clock.now();
    const counters = createReadCounters();
    const read: Read = { signal: context.signal, dropped: counters.dropped };
    const id = /^[1-9]\d{0,14}$/.test(vendorId) ? Number(vendorId) : undefined;
    const computer = id === undefined ? undefined : await vendor.computer(id, read);
    if (computer === undefined) return { events: [], ...toTallies(counters) };
    const readTime = await timeReader(read, now);
    const updates = isWindows(computer) ? await updatesOf(computer.Id, read, now, readTime, counters) : undefined;
    const modes = await maintenanceReader(read, readTime)([computer]);
    const facts = toFacts(computer, updates, readTime, counters, modes.get(computer.Id));
    return { facts, events: [], ...toTallies(counters) };
  }

  return { ...readable(stream), lookup, ...createAutomateOrders(vendor, options, timeReader) };
}

function rotationItem({ Id, IsRebootNeeded, LastStartup }: Computer) {
  return { id: String(Id), fingerprint: [IsRebootNeeded, LastStartup].map(String).join() };
}
