import {
  type DataSourceApi,
  type DataSourceInstanceSettings,
  type DataSourcePlugin,
  type DataSourceRef,
  matchPluginId,
} from '@grafana/data';
import type { DataSourceSrv, GetDataSourceListFilters } from '@grafana/runtime';
import { boot } from './boot';
import { importPlugin } from './loader';
import { PrometheusLike } from './prometheus-like';

function uidOf(ref: string | DataSourceRef | null | undefined): string {
  const uid = typeof ref === 'string' ? ref : ref?.uid;
  return uid === undefined || uid === 'default' ? boot.defaultDatasource : uid;
}

function matches({ meta, type }: DataSourceInstanceSettings, filters: GetDataSourceListFilters): boolean {
  if (filters.metrics === true && meta.metrics !== true) return false;
  if (filters.annotations === true && meta.annotations !== true) return false;
  if (filters.alerting === true && meta.alerting !== true) return false;
  if (filters.pluginId !== undefined && !matchPluginId(filters.pluginId, meta)) return false;
  if (filters.type !== undefined && ![filters.type].flat().includes(type)) return false;
  return true;
}

/** The data sources of the boot data: ours from its built module, Prometheus from this bundle. */
export function createDataSourceSrv(): DataSourceSrv {
  const all = Object.values(boot.datasources);
  const instances = new Map<string, Promise<DataSourceApi>>();

  const getInstanceSettings = (ref?: string | DataSourceRef | null): DataSourceInstanceSettings | undefined => {
    if (typeof ref === 'object' && ref !== null && ref.uid === undefined)
      return all.find(({ type }) => type === ref.type);
    const wanted = uidOf(ref);
    return all.find(({ uid, name }) => uid === wanted || name === wanted);
  };

  const create = async (settings: DataSourceInstanceSettings): Promise<DataSourceApi> => {
    if (settings.type === 'prometheus') return new PrometheusLike(settings) as unknown as DataSourceApi;
    const plugin = await importPlugin<DataSourcePlugin<DataSourceApi>>(
      settings.meta.module,
      settings.meta.info.version,
    );
    const instance = new plugin.DataSourceClass(settings);
    instance.components = plugin.components;
    return instance;
  };

  return {
    getInstanceSettings,
    async get(ref) {
      const settings = getInstanceSettings(ref);
      if (settings === undefined) throw { message: `Datasource ${JSON.stringify(ref)} was not found` };
      const known = instances.get(settings.uid) ?? create(settings);
      instances.set(settings.uid, known);
      return known;
    },
    getList: (filters = {}) =>
      all.filter((settings) => matches(settings, filters)).filter((settings) => filters.filter?.(settings) ?? true),
    reload: () => undefined,
    registerRuntimeDataSource: () => undefined,
  };
}
