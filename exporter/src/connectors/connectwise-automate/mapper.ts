import type { DeviceFacts, MaintenanceFacts, OsFacts } from '../../domain/device.ts';
import type { DevicePatch } from '../../domain/patch.ts';
import type { ReadCounters } from '../tally.ts';
import { namesOf, splitWords, textOf, usableAddresses } from '../text.ts';
import type { Computer } from './api-schema.ts';
import type { ReadServerTime } from './server-time.ts';

export interface ComputerContext {
  readonly organization: string;
  /** Undefined: not read, or not to be relied on. */
  readonly updates: readonly DevicePatch[] | undefined;
  readonly readTime: ReadServerTime;
  /** As the list of maintenance modes has it; counts only where the computer itself says that it is in maintenance. */
  readonly maintenance?: MaintenanceFacts | undefined;
  readonly counters: ReadCounters;
}

/** One computer and its updates → facts. Pure. */
export function mapComputer(computer: Computer, context: ComputerContext): DeviceFacts {
  const { organization, updates, readTime, counters, maintenance } = context;
  const hostName = textOf(computer.ComputerName);
  const domain = textOf(computer.DomainName);
  const site = textOf(computer.Location?.Name);
  const type = textOf(computer.Type);
  const os = mapOs(computer);
  const lastSeenAt = readTime(computer.RemoteAgentLastContact, counters.dropped);
  const lastBootAt = readTime(computer.LastStartup, counters.dropped);
  const address = textOf(computer.LocalIPAddress);
  return {
    vendorId: String(computer.Id),
    organization,
    ...(site === undefined ? {} : { site }),
    groups: type === undefined ? [] : [type],
    tags: splitWords(computer.AssetTag, /[,;]/),
    displayName: textOf(computer.FriendlyName) ?? hostName ?? `computer ${String(computer.Id)}`,
    hostNames: namesOf(hostName, domain),
    ipAddresses: usableAddresses(address === undefined ? [] : [address]),
    ...(os === undefined ? {} : { os }),
    ...(lastSeenAt === undefined ? {} : { lastSeenAt }),
    ...(lastBootAt === undefined ? {} : { lastBootAt }),
    ...(typeof computer.IsRebootNeeded === 'boolean' ? { rebootPending: computer.IsRebootNeeded } : {}),
    ...(updates === undefined ? {} : { patches: updates }),
    ...(maintenance === undefined || computer.IsMaintenanceModeEnabled !== true ? {} : { maintenance }),
  };
}

/** The vendor keeps lists of Microsoft's updates alone. */
export function isWindows({ OperatingSystemName }: Computer): boolean {
  return /windows/i.test(OperatingSystemName ?? '');
}

function mapOs(computer: Computer): OsFacts | undefined {
  const name = textOf(computer.OperatingSystemName);
  if (name === undefined) return undefined;
  const build = textOf(computer.OperatingSystemVersion);
  const family = isWindows(computer)
    ? 'windows'
    : /mac ?os|os x/i.test(name)
      ? 'macos'
      : /linux|ubuntu|debian|centos|red hat/i.test(name)
        ? 'linux'
        : 'other';
  return { name, family, ...(build === undefined ? {} : { build }) };
}
