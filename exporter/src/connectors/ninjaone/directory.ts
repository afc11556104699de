import { ConnectorError } from '../../domain/errors.ts';
import type { OrganizationKey } from '../definition.ts';
import type { Counter } from '../tally.ts';
import type { Device, NamedObject, Organization } from './api-schema.ts';
import type { NinjaOneClient, Read } from './client.ts';
import type { GroupRule } from './config.ts';
import type { Directory } from './mapper.ts';

/** New clients that may turn up between the list of organizations and the list of devices. */
const maxLateOrganizations = 20;

/** Reads organizations, sites and group memberships: everything a device refers to by id. */
export async function readDirectory(
  client: NinjaOneClient,
  rules: readonly GroupRule[],
  organizationKey: OrganizationKey,
  read: Read,
): Promise<Directory> {
  const organizations: Organization[] = [];
  for await (const page of client.organizations(read)) organizations.push(...page);
  const siteNames = new Map<number, string>();
  for await (const page of client.locations(read))
    for (const { id, name } of page) if (isName(name)) siteNames.set(id, name);
  return {
    organizationKeys: keysOf(organizations, organizationKey),
    siteNames,
    groupsOf: await readGroups(client, rules, read),
  };
}

/** Adds the organizations that these devices name and the directory does not hold. */
export type AddLateOrganizations = (directory: Directory, devices: readonly Device[]) => Promise<Directory>;

/**
 * For one read, page after page. An organization that the vendor does not know stays out, and with it its devices; many
 * that were not listed mean that the list was not whole.
 */
export function createAddLateOrganizations(
  client: NinjaOneClient,
  organizationKey: OrganizationKey,
  read: Read,
): AddLateOrganizations {
  const asked = new Set<number>();
  return async (directory, devices) => {
    const named = new Set(devices.map(({ organizationId }) => organizationId));
    const late = [...named].filter((id) => !directory.organizationKeys.has(id) && !asked.has(id));
    if (late.length === 0) return directory;
    for (const id of late) asked.add(id);
    if (asked.size > maxLateOrganizations)
      throw new ConnectorError('malformed', `the list of organizations lacks ${String(asked.size)} that devices name`);
    const found: Organization[] = [];
    for (const id of late) {
      const organization = await client.organization(id, read);
      if (organization !== undefined) found.push(organization);
    }
    const organizationKeys = new Map([...directory.organizationKeys, ...keysOf(found, organizationKey)]);
    return { ...directory, organizationKeys };
  };
}

/** In id order, so that equal names are told apart the same way on every start. */
function keysOf(organizations: readonly Organization[], organizationKey: OrganizationKey): Map<number, string> {
  const ordered = [...organizations].sort((a, b) => a.id - b.id);
  return new Map(
    ordered.map(({ id, name }) => [
      id,
      organizationKey(String(id), isName(name) ? name : `organization ${String(id)}`),
    ]),
  );
}

type Selects = (device: Device) => boolean;

/** Turns the configured rules into one lookup; asks only for the lists that a rule needs. */
async function readGroups(
  client: NinjaOneClient,
  rules: readonly GroupRule[],
  read: Read,
): Promise<(device: Device) => readonly string[]> {
  const saved = rules.some((rule) => rule.savedGroup !== undefined) ? await client.savedGroups(read) : [];
  const policies = rules.some((rule) => rule.policy !== undefined) ? await client.policies(read) : [];
  const roles = rules.some((rule) => rule.role !== undefined) ? await client.roles(read) : [];
  const selectors: { readonly name: string; readonly selects: Selects }[] = [];
  for (const { name, savedGroup, tag, policy, role } of rules) {
    if (tag !== undefined) selectors.push({ name, selects: (device) => device.tags.includes(tag) });
    if (policy !== undefined) {
      const ids = idsNamed(policies, policy, read.dropped);
      selectors.push({ name, selects: (device) => ids.has(device.policyId ?? device.rolePolicyId ?? -1) });
    }
    if (role !== undefined) {
      const ids = idsNamed(roles, role, read.dropped);
      selectors.push({ name, selects: (device) => ids.has(device.nodeRoleId ?? -1) });
    }
    if (savedGroup !== undefined) {
      const members = new Set<number>();
      for (const id of idsNamed(saved, savedGroup, read.dropped))
        for (const member of await client.savedGroupMembers(id, read)) members.add(member);
      selectors.push({ name, selects: (device) => members.has(device.id) });
    }
  }
  return (device) => [...new Set(selectors.filter(({ selects }) => selects(device)).map(({ name }) => name))];
}

/** Objects of that name (or that id); a name nobody has is counted, for the operator to see. */
function idsNamed(objects: readonly NamedObject[], wanted: string, dropped: Counter): ReadonlySet<number> {
  const ids = objects.filter(({ id, name }) => name === wanted || String(id) === wanted).map(({ id }) => id);
  if (ids.length === 0) dropped.add('group.not_found');
  return new Set(ids);
}

function isName(name: string | null | undefined): name is string {
  return typeof name === 'string' && name.trim() !== '';
}
