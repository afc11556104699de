import type { Dice } from './dice.ts';
import { locationIdsOf, organizationName, siteCode } from './organizations.ts';
import type { Platform } from './platforms.ts';
import { PLATFORMS, platformOfClass, platformOfShare } from './platforms.ts';
import type { NodeClass } from './wire.ts';

/** A device whose identity is written down instead of drawn, so that a real scrape target can stand behind it. */
export interface NamedDevice {
  readonly systemName: string;
  readonly nodeClass?: NodeClass | undefined;
  /** Position of its organization, from 0. */
  readonly organizationIndex?: number | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly ipAddresses?: readonly string[] | undefined;
}

/** What never changes about a device. */
export interface DeviceIdentity {
  readonly index: number;
  readonly id: number;
  readonly organizationIndex: number;
  readonly locationId: number;
  readonly platform: Platform;
  readonly displayName: string;
  readonly systemName?: string;
  readonly dnsName?: string;
  readonly tags: readonly string[] | null;
  readonly ipAddresses: readonly string[] | null;
  readonly approvalStatus: 'PENDING' | 'APPROVED';
  /** How long before the fleet was made the device was enrolled. */
  readonly ageSeconds: number;
}

export interface IdentityOptions {
  readonly organizations: number;
  readonly named: readonly NamedDevice[];
}

export const FIRST_DEVICE_ID = 1001;
export const RINGS = ['ring:test', 'ring:accounting', 'ring:production'] as const;
const FIXED_PLATFORMS = 3;

/** Builds the function from a device's position to its identity. */
export function createIdentities(
  dice: Dice,
  { organizations, named }: IdentityOptions,
): (index: number) => DeviceIdentity {
  return (index) => {
    const fixed = named[index];
    return fixed === undefined
      ? drawnIdentity(dice, organizations, index)
      : namedIdentity(dice, organizations, index, fixed);
  };
}

function namedIdentity(dice: Dice, organizations: number, index: number, named: NamedDevice): DeviceIdentity {
  const organizationIndex = (named.organizationIndex ?? 0) % organizations;
  const platform = platformOfClass(named.nodeClass ?? 'WINDOWS_SERVER');
  return {
    ...placed(dice, index, organizationIndex, platform),
    displayName: named.systemName,
    systemName: named.systemName,
    tags: named.tags ?? [],
    ipAddresses: named.ipAddresses ?? [],
  };
}

function drawnIdentity(dice: Dice, organizations: number, index: number): DeviceIdentity {
  const organizationIndex = drawnOrganization(dice, organizations, index);
  const platform = drawnPlatform(dice, organizations, index);
  const hostName = drawnHostName(dice, index, organizationIndex, platform);
  const base = { ...placed(dice, index, organizationIndex, platform), displayName: hostName };
  const addresses = { tags: drawnTags(dice, index), ipAddresses: drawnAddresses(dice, index, organizationIndex) };
  if (platform.os === undefined || dice.draw('display-only', index) < 0.01) return { ...base, ...addresses };
  const named = { ...base, ...addresses, systemName: hostName };
  return dice.draw('dns', index) < 0.3
    ? named
    : { ...named, dnsName: `${hostName}.${domainOf(organizationIndex)}`.toLowerCase() };
}

function placed(dice: Dice, index: number, organizationIndex: number, platform: Platform) {
  const locations = locationIdsOf(dice, organizationIndex);
  const locationId = locations[dice.integer(locations.length, 'location', index)] ?? 0;
  return {
    index,
    id: FIRST_DEVICE_ID + index,
    organizationIndex,
    locationId,
    platform,
    approvalStatus: dice.draw('unapproved', index) < 0.005 ? ('PENDING' as const) : ('APPROVED' as const),
    ageSeconds: (60 + dice.draw('created', index) * 900) * 86_400,
  };
}

export function domainOf(organizationIndex: number): string {
  const word = organizationName(organizationIndex).split(' ')[0] ?? 'corp';
  return `${word.toLowerCase()}.local`;
}

/** Each organization gets one device before the rest is shared out unevenly, as clients are: few large, many small. */
function drawnOrganization(dice: Dice, organizations: number, index: number): number {
  if (index < organizations) return index;
  return Math.floor(dice.draw('organization', index) ** 2 * organizations);
}

/** The first device of each organization is a Windows server, the second round Linux servers, then workstations. */
function drawnPlatform(dice: Dice, organizations: number, index: number): Platform {
  const round = Math.floor(index / organizations);
  const fixed = round < FIXED_PLATFORMS ? PLATFORMS[round] : undefined;
  return fixed ?? platformOfShare(dice.draw('platform', index));
}

/** One host in 250 carries a name that other organizations use too. */
function drawnHostName(dice: Dice, index: number, organizationIndex: number, platform: Platform): string {
  const role = dice.pick(platform.hostRoles, 'host-role', index);
  if (platform.nodeClass === 'WINDOWS_SERVER' && dice.draw('common-name', index) < 0.015) return `${role}01`;
  const name = `${siteCode(organizationIndex)}-${role}${String(index + 1).padStart(4, '0')}`;
  return platform.os?.family === 'linux' ? name.toLowerCase() : name;
}

function drawnTags(dice: Dice, index: number): readonly string[] | null {
  const share = dice.draw('ring', index);
  if (share < 0.1) return [RINGS[0]];
  if (share < 0.3) return [RINGS[1]];
  if (share < 0.9) return [RINGS[2]];
  return share < 0.93 ? null : [];
}

function drawnAddresses(dice: Dice, index: number, organizationIndex: number): readonly string[] | null {
  if (dice.draw('no-addresses', index) < 0.02) return null;
  const net = `10.${String(organizationIndex % 256)}`;
  const v4 = `${net}.${String(1 + (Math.floor(index / 250) % 250))}.${String(2 + (index % 250))}`;
  return dice.draw('ipv6', index) < 0.4 ? [v4, `fe80::${(index + 1).toString(16)}`] : [v4];
}
