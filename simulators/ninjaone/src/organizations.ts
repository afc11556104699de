import type { Dice } from './dice.ts';
import { PLATFORMS, policyIdOfRole } from './platforms.ts';
import type { Location, Organization, OrganizationDetailed } from './wire.ts';

const FIRST = [
  'Alder',
  'Birchwood',
  'Cobalt',
  'Dunmore',
  'Eastgate',
  'Fairlead',
  'Granite',
  'Harrow',
  'Ironbridge',
  'Juniper',
] as const;
const SECOND = ['Valley', 'Harbor', 'Point', 'Ridge', 'Field', 'Lake', 'Cross'] as const;
const TRADE = ['Accounting', 'Clinic', 'Legal', 'Logistics', 'Machining', 'Schools', 'Bakery', 'Insurance'] as const;
const SITES = ['Main Office', 'Warehouse', 'Branch'] as const;
const LOCATIONS_PER_ORGANIZATION_MAX = SITES.length;

export const organizationIdOf = (index: number): number => index + 2;
export const organizationIndexOf = (id: number): number => id - 2;

/** Names repeat after 560 organizations; a number keeps them apart. */
export function organizationName(index: number): string {
  const first = FIRST[index % FIRST.length] ?? '';
  const second = SECOND[Math.floor(index / FIRST.length) % SECOND.length] ?? '';
  const trade = TRADE[index % TRADE.length] ?? '';
  const round = Math.floor(index / (FIRST.length * SECOND.length));
  return `${first} ${second} ${trade}${round === 0 ? '' : ` ${String(round + 1)}`}`;
}

/** The initials every host name of an organization starts with; two organizations may share them, as in the field. */
export function siteCode(index: number): string {
  const initials = organizationName(index).match(/\b[A-Z]/g) ?? [];
  return initials.join('').slice(0, 3);
}

export function locationIdsOf(dice: Dice, index: number): number[] {
  const count = 1 + dice.integer(LOCATIONS_PER_ORGANIZATION_MAX, 'locations', index);
  return Array.from({ length: count }, (_, site) => (index + 1) * 10 + site);
}

export function locationsOf(dice: Dice, index: number): Location[] {
  return locationIdsOf(dice, index).map((id, site) => ({
    id,
    name: SITES[site] ?? 'Site',
    address: '',
    description: null,
    userData: {},
  }));
}

export function organizationOf(dice: Dice, index: number, name = organizationName(index)): Organization {
  return {
    id: organizationIdOf(index),
    name,
    description: dice.draw('organization-description', index) < 0.5 ? null : '',
    userData: {},
    nodeApprovalMode: 'AUTOMATIC',
  };
}

export function organizationDetailedOf(dice: Dice, index: number, name?: string): OrganizationDetailed {
  return {
    ...organizationOf(dice, index, name),
    locations: locationsOf(dice, index),
    policies: PLATFORMS.map(({ roleId }) => ({ nodeRoleId: roleId, policyId: policyIdOfRole(roleId) })),
    settings: {},
  };
}
