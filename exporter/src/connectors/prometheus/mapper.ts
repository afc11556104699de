import { isIP } from 'node:net';
import type { DeviceFacts, OsFacts } from '../../domain/device.ts';
import type { UnixSeconds } from '../../domain/time.ts';
import { plausible } from '../vendor-time.ts';
import { agentPatches, agentSaidAt } from './agent-facts.ts';
import { countedPatches, windowsPatches } from './exporter-patches.ts';
import type { HostContext, HostSeries } from './host-series.ts';
import { rebootPending } from './reboot.ts';

/** One target of the configured jobs. `labels`: those of its `up` series. */
export interface Target {
  readonly organization: string;
  readonly instance: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Last scrape that succeeded; undefined = not within the time that is looked back. */
  readonly lastSeenAt: UnixSeconds | undefined;
}

export interface PlaceLabels {
  readonly siteLabel?: string | undefined;
  readonly groupLabels: readonly string[];
}

/** Stable, and unique where two organizations scrape the same address. The first slash separates. */
export function vendorIdOf(organization: string, instance: string): string {
  return `${encodeURIComponent(organization)}/${instance}`;
}

/** One target and its series → facts. `kured`: its word on the node of that name. Pure. */
export function mapHost(
  target: Target,
  host: HostContext,
  places: PlaceLabels,
  kured: (hostNames: readonly string[]) => number | undefined,
): DeviceFacts {
  const { instance, organization, labels, lastSeenAt } = target;
  const { series } = host;
  const saidAt = agentSaidAt(host);
  const hostNames = namesOf(series, instance);
  const bootAt = bootTime(series) ?? (saidAt === undefined ? undefined : agentBoot(series));
  const pending = rebootPending(host, { bootAt, agentSaidAt: saidAt, kured: kured(hostNames) });
  const patches = saidAt === undefined ? (windowsPatches(host) ?? countedPatches(host)) : agentPatches(host);
  const os = osOf(series);
  const site = places.siteLabel === undefined ? '' : (labels[places.siteLabel] ?? '');
  return {
    vendorId: vendorIdOf(organization, instance),
    organization,
    ...(site === '' ? {} : { site }),
    groups: places.groupLabels.map((label) => labels[label] ?? '').filter((value) => value !== ''),
    tags: [],
    displayName: hostNames[0] ?? instance,
    hostNames,
    ipAddresses: [hostPart(instance)].filter((name) => isIP(name) !== 0 && !/^(127\.|::1$)/.test(name)),
    instance,
    ...(os === undefined ? {} : { os }),
    ...(lastSeenAt === undefined ? {} : { lastSeenAt }),
    ...(bootAt === undefined ? {} : { lastBootAt: bootAt }),
    ...(pending === undefined ? {} : { rebootPending: pending }),
    ...(patches === undefined ? {} : { patches }),
  };
}

/** `windows_system_system_up_time` is, despite its name, the time of the boot. */
function bootTime(series: HostSeries): UnixSeconds | undefined {
  return series.time(
    'node_boot_time_seconds',
    'windows_system_boot_time_timestamp_seconds',
    'windows_system_boot_time_timestamp',
    'windows_system_system_up_time',
  );
}

function agentBoot(series: HostSeries): UnixSeconds | undefined {
  return plausible(series.value('patchhaven_host_boot_timestamp_seconds'));
}

function namesOf(series: HostSeries, instance: string): readonly string[] {
  const node = series.label('node_uname_info', 'nodename');
  const domain = series.label('node_uname_info', 'domainname');
  const fromInstance = hostPart(instance);
  const names = [
    node,
    node !== undefined && domain !== undefined && !node.includes('.') ? `${node}.${domain}` : undefined,
    series.label('windows_os_hostname', 'hostname') ?? series.label('windows_cs_hostname', 'hostname'),
    series.label('windows_os_hostname', 'fqdn') ?? series.label('windows_cs_hostname', 'fqdn'),
    series.label('patchhaven_host_info', 'host'),
    isIP(fromInstance) === 0 && fromInstance !== '' && fromInstance !== 'localhost' ? fromInstance : undefined,
  ].filter((name) => name !== undefined);
  const seen = new Set<string>();
  return names.filter((name) => !seen.has(name.toLowerCase()) && seen.add(name.toLowerCase()));
}

/** `web-1:9100` → `web-1`, `[fe80::1]:9100` → `fe80::1`. */
function hostPart(instance: string): string {
  return instance.replace(/^\w+:\/\//, '').replace(/^\[(.*)\](:\d+)?$|^([^:]*):\d+$/, '$1$3');
}

function osOf(series: HostSeries): OsFacts | undefined {
  const windows = series.label('windows_os_info', 'product');
  if (windows !== undefined) {
    const build = series.label('windows_os_info', 'build_number');
    const revision = series.label('windows_os_info', 'revision');
    const full = [build, revision].filter((part) => part !== undefined).join('.');
    return { name: windows, family: 'windows', ...(full === '' ? {} : { build: full }) };
  }
  const kernel = series.label('node_uname_info', 'sysname');
  const family = kernel === undefined ? undefined : (families[kernel.toLowerCase()] ?? 'other');
  const name =
    series.label('node_os_info', 'pretty_name') ??
    series.label('node_os_info', 'name') ??
    series.label('patchhaven_host_info', 'os') ??
    kernel;
  if (name === undefined) return undefined;
  const build = series.label('node_uname_info', 'release');
  const fallback = series.label('patchhaven_host_info', 'manager') === 'windows-update' ? 'windows' : 'linux';
  return { name, family: family ?? fallback, ...(build === undefined ? {} : { build }) };
}

const families: Readonly<Record<string, OsFacts['family']>> = { linux: 'linux', darwin: 'macos' };
