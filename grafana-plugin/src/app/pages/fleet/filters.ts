import type { Query } from '../../../shared/api/types';

export type DeviceQuery = Query<'/devices'>;
type Sort = NonNullable<DeviceQuery['sort']>;
type Order = NonNullable<DeviceQuery['order']>;

/** The filters of the list as the URL has them, narrowed: whatever the exporter would refuse is left out. */
export function filtersFrom(search: URLSearchParams): DeviceQuery {
  const text = (name: string) => search.get(name) || undefined;
  const flag = (name: string) => {
    const value = search.get(name);
    return value === 'true' || value === 'false' ? value : undefined;
  };
  const words = (name: keyof typeof wordLists) =>
    text(name)
      ?.split(',')
      .filter((word) => wordLists[name].includes(word))
      .join(',') || undefined;
  return {
    organization: text('organization'),
    site: text('site'),
    group: text('group'),
    source: text('source'),
    os: text('os'),
    text: text('text')?.slice(0, 200),
    patch: text('patch'),
    patchStatus: words('patchStatus'),
    compliance: words('compliance'),
    identity: words('identity'),
    failed: flag('failed'),
    missingCritical: flag('missingCritical'),
    rebootPending: flag('rebootPending'),
    quiet: flag('quiet'),
    quietCapped: flag('quietCapped'),
    maintenance: flag('maintenance'),
    stale: flag('stale'),
    ...sortingFrom(search),
  };
}

const wordLists = {
  compliance: ['compliant', 'non_compliant', 'unknown'],
  identity: ['matched', 'unmatched', 'ambiguous'],
  patchStatus: ['missing', 'approved', 'installing', 'installed', 'failed', 'rejected', 'unknown'],
};

const sorts: readonly string[] = [
  'name',
  'organization',
  'site',
  'compliance',
  'missingCritical',
  'oldestMissingCriticalAt',
  'failed',
  'lastFailureAt',
  'rebootPendingSince',
  'lastInstallAt',
  'lastSeenAt',
] satisfies Sort[];

/** Worst first, unless the URL says otherwise. */
export function sortingFrom(search: URLSearchParams): { sort: Sort; order: Order } {
  const sort = search.get('sort') ?? '';
  return {
    sort: sorts.includes(sort) ? (sort as Sort) : 'compliance',
    order: search.get('order') === 'desc' ? 'desc' : 'asc',
  };
}

/** Parameters that narrow the list; the order is none. */
export const filterNames = [
  'site',
  'group',
  'source',
  'os',
  'text',
  'patch',
  'patchStatus',
  'compliance',
  'identity',
  'failed',
  'missingCritical',
  'rebootPending',
  'quiet',
  'quietCapped',
  'maintenance',
  'stale',
] as const;
