import {
  CoreApp,
  type DataSourceApi,
  type DataSourceInstanceSettings,
  type DataSourcePlugin,
  PluginContextProvider,
} from '@grafana/data';
import { getDataSourceSrv } from '@grafana/runtime';
import React, { useEffect, useState } from 'react';
import { useLocation, useParams } from 'react-router';
import { importPlugin } from './loader';

declare global {
  interface Window {
    /** Everything an editor reported, newest last. */
    editorChanges?: unknown[];
  }
}

interface Loaded {
  readonly settings: DataSourceInstanceSettings;
  readonly source: DataSourceApi;
  readonly plugin: DataSourcePlugin<DataSourceApi>;
}

/**
 * One editor of a data source: `/host/editor/<config|query|variable|annotation>?uid=…&value=<json>`. What the editor
 * reports is given back to it, as Grafana does, and kept in `window.editorChanges`.
 */
export function EditorPage(): React.JSX.Element {
  const { kind = '' } = useParams();
  const search = new URLSearchParams(useLocation().search);
  const uid = search.get('uid');
  const [loaded, setLoaded] = useState<Loaded>();
  const [value, setValue] = useState<Record<string, unknown> | undefined>(() => {
    const given = search.get('value');
    return given === null ? undefined : (JSON.parse(given) as Record<string, unknown>);
  });
  useEffect(() => {
    window.editorChanges = [];
    const settings = getDataSourceSrv().getInstanceSettings(uid);
    if (settings === undefined) return;
    void Promise.all([
      getDataSourceSrv().get(settings.uid),
      importPlugin<DataSourcePlugin<DataSourceApi>>(settings.meta.module, settings.meta.info.version),
    ]).then(([source, plugin]) => {
      setLoaded({ settings, source, plugin });
    });
  }, [uid]);
  if (loaded === undefined) return <p>Loading…</p>;
  const change = (next: unknown): void => {
    window.editorChanges?.push(next);
    setValue(next as Record<string, unknown>);
  };
  return (
    <PluginContextProvider meta={loaded.settings.meta}>
      <div style={{ padding: 24, maxWidth: 1000 }}>
        <h1>{loaded.settings.name}</h1>
        {editor(kind, loaded, value, change)}
      </div>
    </PluginContextProvider>
  );
}

function configOptions({ settings }: Loaded): Record<string, unknown> {
  const { id, uid, type, name, meta, jsonData, url } = settings;
  return {
    id,
    uid,
    orgId: 1,
    type,
    typeName: meta.name,
    name,
    access: 'proxy',
    url,
    jsonData,
    secureJsonFields: {},
    secureJsonData: {},
    readOnly: false,
    version: 1,
    basicAuth: false,
    withCredentials: false,
  };
}

function editor(
  kind: string,
  loaded: Loaded,
  value: Record<string, unknown> | undefined,
  change: (next: unknown) => void,
): React.JSX.Element {
  const { source, plugin } = loaded;
  const { ConfigEditor, QueryEditor } = plugin.components;
  const onRunQuery = (): void => undefined;
  const query = value ?? { refId: 'A', ...source.getDefaultQuery?.(CoreApp.Dashboard) };
  const common = { datasource: source, query: query as never, onChange: change, onRunQuery };
  if (kind === 'config' && ConfigEditor !== undefined)
    return <ConfigEditor options={(value ?? configOptions(loaded)) as never} onOptionsChange={change} />;
  if (kind === 'query' && QueryEditor !== undefined) return <QueryEditor {...common} app={CoreApp.Dashboard} />;
  if (kind === 'variable') {
    const VariableEditor = (source.variables as { editor?: React.ComponentType<object> } | undefined)?.editor;
    if (VariableEditor !== undefined) return <VariableEditor {...common} />;
  }
  if (kind === 'annotation') {
    const AnnotationEditor = (source.annotations?.QueryEditor ?? QueryEditor) as
      React.ComponentType<Record<string, unknown>> | undefined;
    const annotation = { name: 'Patches', enable: true, iconColor: 'red', target: query };
    if (AnnotationEditor !== undefined)
      return <AnnotationEditor {...common} annotation={annotation} onAnnotationChange={change} />;
  }
  return <p>The data source has no {kind} editor.</p>;
}
