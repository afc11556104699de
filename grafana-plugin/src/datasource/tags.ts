import type { AdHocVariableFilter, MetricFindValue } from '@grafana/data';
import { eventKinds, eventSeverities } from '../shared/frames/event-frame';
import type { Directory } from './directory';
import { filterKeys, listOf, toFilters } from './filters';
import { instanceOf } from './frames/tables';

export function tagKeys(): MetricFindValue[] {
  return filterKeys.map((text) => ({ text }));
}

/** Values of a key, narrowed by the organization that is already chosen. */
export async function tagValues(
  directory: Directory,
  key: string,
  chosen: readonly AdHocVariableFilter[] = [],
): Promise<MetricFindValue[]> {
  return (await readValues(directory, key, chosen)).map((text) => ({ text, value: text }));
}

async function readValues(
  directory: Directory,
  key: string,
  chosen: readonly AdHocVariableFilter[],
): Promise<readonly string[]> {
  const { filters } = toFilters(
    { organization: [], site: [], group: [], device: [] },
    chosen.filter((filter) => filter.key !== key),
  );
  const organizations = listOf(filters, 'organization');
  const organization = organizations?.length === 1 ? organizations[0] : undefined;
  switch (key) {
    case 'organization':
      return directory.places('organization');
    case 'site':
    case 'group':
      return directory.places(key, organization);
    case 'device': {
      const { items } = await directory.devices(organization === undefined ? {} : { organization });
      return [...new Set(items.map(({ name }) => name))];
    }
    case 'instance': {
      const { items } = await directory.devices(organization === undefined ? {} : { organization });
      return items.map(instanceOf).filter((instance) => instance !== null);
    }
    case 'source':
      return directory.sources();
    case 'kind':
      return eventKinds;
    case 'severity':
      return eventSeverities;
    default:
      return [];
  }
}
