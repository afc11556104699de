import { isIP } from 'node:net';
import type { DeviceFacts, OsFacts } from '../../domain/device.ts';
import type { DevicePatch } from '../../domain/patch.ts';
import type { ReadCounters } from '../tally.ts';
import type { Computer } from './api-schema.ts';
import type { ReadServerTime } from './server-time.ts';

export interface ComputerContext {
  readonly organization: string;
  /** Undefined: not read, or not to be relied on. */
  readonly updates: readonly DevicePatch[] | undefined;
  readonly readTime: ReadServerTime;
  readonly counters: ReadCounters;
}

/** One computer and its updates → facts. Pure. */
export function mapComputer(computer: Computer, context: ComputerContext): DeviceFacts {
  const { organization, updates, readTime, counters } = context;
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
    tags: tagsOf(computer.AssetTag),
    displayName: textOf(computer.FriendlyName) ?? hostName ?? `computer ${String(computer.Id)}`,
    hostNames: hostName === undefined ? [] : [hostName, ...fullName(hostName, domain)],
    ipAddresses: address !== undefined && isIP(address) !== 0 && !/^(127\.|169\.254\.)/.test(address) ? [address] : [],
    ...(os === undefined ? {} : { os }),
    ...(lastSeenAt === undefined ? {} : { lastSeenAt }),
    ...(lastBootAt === undefined ? {} : { lastBootAt }),
    ...(typeof computer.IsRebootNeeded === 'boolean' ? { rebootPending: computer.IsRebootNeeded } : {}),
    ...(updates === undefined ? {} : { patches: updates }),
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

/** The API has no full name; a domain with a dot is a DNS domain, one without is a workgroup. */
function fullName(hostName: string, domain: string | undefined): readonly string[] {
  if (domain === undefined || hostName.includes('.') || !/^[\w-]+(\.[\w-]+)+$/.test(domain)) return [];
  return [`${hostName}.${domain}`];
}

function tagsOf(assetTag: string | null | undefined): readonly string[] {
  const parts = (assetTag ?? '').split(/[,;]/).map((part) => part.trim());
  return [...new Set(parts.filter((part) => part !== ''))];
}

function textOf(text: string | null | undefined): string | undefined {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? undefined : trimmed;
}
