import type { Directory } from './directory';
import { createMatcher, type Filter, listOf } from './filters';

/** More requests than this at once are not worth it: everything is read then, and filtered here. */
const maxParts = 10;

/** How filters are put to the exporter, which takes one organization and one device at a time. */
export interface Scope {
  /** One request each. */
  readonly parts: ReadonlyArray<{ readonly organization?: string; readonly device?: string }>;
  /** Set when only these devices count, by site or group. */
  readonly members: ReadonlySet<string> | undefined;
  readonly notices: readonly string[];
}

/** Narrows as far as the exporter can; what it cannot, the filters do on the rows. */
export async function resolveScope(filters: readonly Filter[], directory: Directory): Promise<Scope> {
  const organizations = listOf(filters, 'organization');
  const organization = organizations?.length === 1 ? organizations[0] : undefined;
  const { members, notices } = await findMembers(filters, organization, directory);
  const devices = await findDevices(filters, members, directory);
  const withOrganization = organization === undefined ? {} : { organization };
  if (devices !== undefined) {
    return { parts: devices.map((device) => ({ ...withOrganization, device })), members, notices };
  }
  const isSeveral = organizations !== undefined && organizations.length > 1 && organizations.length <= maxParts;
  return {
    parts: isSeveral ? organizations.map((name) => ({ organization: name })) : [withOrganization],
    members,
    notices,
  };
}

async function findMembers(filters: readonly Filter[], organization: string | undefined, directory: Directory) {
  const placed = filters.filter(({ key }) => key === 'site' || key === 'group');
  if (placed.length === 0) {
    return { members: undefined, notices: [] };
  }
  const site = single(filters, 'site');
  const group = single(filters, 'group');
  const { items, isCut } = await directory.devices({
    ...(organization !== undefined && { organization }),
    ...(site !== undefined && { site }),
    ...(group !== undefined && { group }),
  });
  const matches = createMatcher(placed);
  const members = new Set(
    items.filter((device) => matches({ site: device.site, group: device.groups })).map(({ id }) => id),
  );
  const notices = isCut
    ? [`Site and group were looked up for the first ${items.length} devices only. Choose one organization or site.`]
    : [];
  return { members, notices };
}

/** Ids to ask for one by one; undefined where that is not worth it. */
async function findDevices(
  filters: readonly Filter[],
  members: ReadonlySet<string> | undefined,
  directory: Directory,
): Promise<readonly string[] | undefined> {
  const values = listOf(filters, 'device');
  if (values !== undefined && values.length <= maxParts) {
    const ids = [...new Set((await Promise.all(values.map((value) => directory.idsOf(value)))).flat())];
    return members === undefined ? ids : ids.filter((id) => members.has(id));
  }
  return members !== undefined && members.size <= maxParts ? [...members] : undefined;
}

function single(filters: readonly Filter[], key: 'site' | 'group'): string | undefined {
  const values = listOf(filters, key);
  return values?.length === 1 ? values[0] : undefined;
}
