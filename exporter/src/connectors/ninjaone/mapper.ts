import type { DeviceFacts, MaintenanceFacts, OsFacts } from '../../domain/device.ts';
import type { ReadCounters } from '../tally.ts';
import { fromEpoch } from '../vendor-time.ts';
import { translate } from '../translate.ts';
import type { Device, HealthRow, OsBlock } from './api-schema.ts';
import { mergePatches, type PatchRows } from './patches.ts';
import { maintenanceWords, osFamily } from './vocabulary.ts';

/** Names and memberships that devices refer to by id. */
export interface Directory {
  readonly organizationKeys: ReadonlyMap<number, string>;
  readonly siteNames: ReadonlyMap<number, string>;
  groupsOf(device: Device): readonly string[];
}

/** What the reports say about one device. */
export interface DeviceReports {
  readonly os?: OsBlock;
  readonly health?: Omit<HealthRow, 'deviceId'>;
  readonly patches: PatchRows;
}

/** One device out of the device list and the reports. `organization` comes from the directory; pure. */
export function mapDevice(
  device: Device,
  reports: DeviceReports,
  directory: Directory,
  organization: string,
  counters: ReadCounters,
): DeviceFacts {
  const site = directory.siteNames.get(device.locationId ?? -1);
  const os = mapOs(device, reports.os);
  const lastSeenAt = fromEpoch(device.lastContact);
  const lastBootAt = fromEpoch(reports.os?.lastBootTime) ?? fromEpoch(device.os?.lastBootTime);
  const rebootPending = mapRebootPending(device, reports, counters);
  const maintenance = mapMaintenance(device, counters);
  const hostNames = [device.systemName, device.dnsName, device.netbiosName].filter(isText);
  return {
    vendorId: String(device.id),
    organization,
    ...(site === undefined ? {} : { site }),
    groups: directory.groupsOf(device),
    tags: device.tags,
    displayName: [device.displayName, ...hostNames].find(isText) ?? `device ${String(device.id)}`,
    hostNames: uniqueWithoutCase(hostNames),
    ipAddresses: device.ipAddresses.filter((address) => !/^(fe80:|169\.254\.|127\.|::1$)/i.test(address)),
    ...(typeof device.parentDeviceId === 'number' ? { parentVendorId: String(device.parentDeviceId) } : {}),
    ...(os === undefined ? {} : { os }),
    ...(lastSeenAt === undefined ? {} : { lastSeenAt }),
    ...(lastBootAt === undefined ? {} : { lastBootAt }),
    ...(rebootPending === undefined ? {} : { rebootPending }),
    ...(patchesAreKnown(device, reports) ? { patches: mergePatches(reports.patches) } : {}),
    ...(maintenance === undefined ? {} : { maintenance }),
  };
}

/**
 * Whether the patch rows may be taken for the whole truth. A device without rows can be clean, offline, never scanned
 * or not patch-managed, and the vendor does not say which. We believe "nothing is missing" only of a device that is
 * online, that has been patched inside the history window (so patch management works on it), and for which the health
 * report counts no pending updates either. Everything else is unknown, not patched.
 */
export function patchesAreKnown(device: Device, { health, patches }: DeviceReports): boolean {
  if (device.offline !== false || health?.offline === true || health?.parentOffline === true) return false;
  if (patches.current.length > 0) return true;
  return patches.attempts.length > 0 && health?.pendingOSPatchesCount === 0;
}

/**
 * The operating system report decides; the health report's reason speaks only where that is silent. A reason beside
 * "no reboot needed" is a contradiction: unknown, and counted.
 */
function mapRebootPending(device: Device, reports: DeviceReports, counters: ReadCounters): boolean | undefined {
  const needsReboot = reports.os?.needsReboot ?? device.os?.needsReboot ?? undefined;
  const reason = isText(reports.health?.pendingRebootReason);
  if (needsReboot === false && reason) {
    counters.unknownWords.add('device.reboot_contradiction');
    return undefined;
  }
  return needsReboot ?? (reason ? true : undefined);
}

function mapOs(device: Device, report: OsBlock | undefined): OsFacts | undefined {
  const block = report ?? device.os ?? undefined;
  const name = block?.name;
  if (!isText(name)) return undefined;
  const build = [block?.buildNumber, block?.releaseId].find(isText);
  return { name, family: osFamily(device.nodeClass), ...(build === undefined ? {} : { build }) };
}

/** Maintenance counts only with an end: a silence without one must not exist. */
function mapMaintenance({ maintenance }: Device, counters: ReadCounters): MaintenanceFacts | undefined {
  if (maintenance === null || maintenance === undefined) return undefined;
  const state = translate(maintenanceWords, maintenance.status, 'device.maintenance', counters.unknownWords);
  const end = fromEpoch(maintenance.end);
  if (state !== 'planned' || end === undefined) return undefined;
  const start = fromEpoch(maintenance.start);
  const reason = maintenance.reasonMessage;
  return { end, ...(start === undefined ? {} : { start }), ...(isText(reason) ? { reason } : {}) };
}

function isText(text: string | null | undefined): text is string {
  return typeof text === 'string' && text.trim() !== '';
}

function uniqueWithoutCase(names: readonly string[]): readonly string[] {
  const byName = new Map<string, string>();
  for (const name of names) if (!byName.has(name.toLowerCase())) byName.set(name.toLowerCase(), name);
  return [...byName.values()];
}
