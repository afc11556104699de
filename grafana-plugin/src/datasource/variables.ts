import { CustomVariableSupport, type DataQueryRequest, type MetricFindValue, type ScopedVars } from '@grafana/data';
import type { TemplateSrv } from '@grafana/runtime';
import { defer, map, type Observable } from 'rxjs';
import type { ExporterClient } from '../shared/api/client';
import type { Device } from '../shared/api/types';
import { VariableQueryEditor } from './components/VariableQueryEditor';
import type { PatchhavenDataSource } from './datasource';
import type { Directory } from './directory';
import { createMatcher, type Filter, toFilters } from './filters';
import { instanceOf } from './frames/tables';
import { expandList } from './interpolate';
import { toVariableQuery, type VariableQuery } from './variable-query';

/** Updates a variable offers at most; they come by how many devices need them. */
const maxPatches = 1_000;

export interface VariableSources {
  readonly client: ExporterClient;
  readonly directory: Directory;
  readonly templates: Pick<TemplateSrv, 'replace'>;
}

export class PatchhavenVariables extends CustomVariableSupport<PatchhavenDataSource, VariableQuery> {
  readonly editor = VariableQueryEditor;

  constructor(private readonly sources: VariableSources) {
    super();
  }

  query(request: DataQueryRequest<VariableQuery>): Observable<{ data: MetricFindValue[] }> {
    const query = toVariableQuery(request.targets[0]);
    return defer(() => readVariable(this.sources, query, request.scopedVars ?? {})).pipe(map((data) => ({ data })));
  }
}

/** Values of a variable, sorted for people; several values of another variable narrow to any of them. */
export async function readVariable(
  { client, directory, templates }: VariableSources,
  query: VariableQuery,
  scopedVars: ScopedVars,
): Promise<MetricFindValue[]> {
  const list = (text: string) => expandList(text === '' ? [] : [text], scopedVars, templates);
  const organization = list(query.organization);
  const only = organization.length === 1 ? { organization: organization[0] } : {};
  if (query.type === 'patch') {
    const { items } = await client.getPages('/updates', { query: { ...only, open: 'false' } }, maxPatches);
    return items.map(({ id, title }) => ({ text: title === id ? id : `${id} ${title}`, value: id }));
  }
  const { filters } = toFilters({ organization, site: list(query.site), group: list(query.group), device: [] });
  if (query.type !== 'device') {
    return places(directory, query.type, organization, filters);
  }
  const { items } = await directory.devices(only);
  const matches = createMatcher(filters);
  const found = items.filter((device) =>
    matches({ organization: device.organization, site: device.site, group: device.groups }),
  );
  return toOptions(found, query.deviceValue);
}

async function places(
  directory: Directory,
  type: 'organization' | 'site' | 'group',
  organizations: readonly string[],
  filters: readonly Filter[],
): Promise<MetricFindValue[]> {
  if (type === 'organization') {
    return (await directory.places(type)).map((text) => ({ text, value: text }));
  }
  const asked = organizations.length === 0 ? [undefined] : organizations;
  const names = (await Promise.all(asked.map((name) => directory.places(type, name)))).flat();
  const matches = createMatcher(filters.filter(({ key }) => key === type));
  return [...new Set(names)].filter((name) => matches({ [type]: name })).map((text) => ({ text, value: text }));
}

function toOptions(devices: readonly Device[], value: VariableQuery['deviceValue']): MetricFindValue[] {
  const options = new Map<string, MetricFindValue>();
  for (const device of devices) {
    const held = value === 'id' ? device.id : value === 'name' ? device.name : instanceOf(device);
    // An unmatched device has no instance to join by.
    if (held !== null && !options.has(held)) {
      options.set(held, { text: device.name, value: held });
    }
  }
  return [...options.values()];
}
