import { type AppPlugin, type AppPluginMeta, PluginContextProvider } from '@grafana/data';
import { LoadingPlaceholder } from '@grafana/ui';
import React, { useEffect, useState } from 'react';
import { useLocation, useParams } from 'react-router';
import { boot } from './boot';
import { importPlugin } from './loader';
import { PluginPage } from './plugin-page';

interface Props {
  /** Grafana's page about the plugin, where its own configuration tabs stand. */
  readonly configuration?: boolean;
}

/** An app plugin at `/a/<id>/…`, or its configuration tabs at `/plugins/<id>`. */
export function AppPage({ configuration = false }: Props): React.JSX.Element {
  const { id = '' } = useParams();
  const meta = boot.apps[id];
  const [plugin, setPlugin] = useState<AppPlugin>();
  useEffect(() => {
    if (meta === undefined) return;
    void importPlugin<AppPlugin>(meta.module, meta.info.version).then((loaded) => {
      loaded.meta = meta;
      loaded.init(meta);
      setPlugin(loaded);
    });
  }, [meta]);
  if (meta === undefined) return <p>App {id} was not found.</p>;
  if (plugin === undefined) return <LoadingPlaceholder text="Loading…" />;
  return (
    <PluginContextProvider meta={meta}>
      {configuration ? <Configuration plugin={plugin} /> : <Root plugin={plugin} meta={meta} />}
    </PluginContextProvider>
  );
}

function Root({ plugin, meta }: { readonly plugin: AppPlugin; readonly meta: AppPluginMeta }): React.JSX.Element {
  const { pathname, search } = useLocation();
  if (plugin.root === undefined) return <p>The app has no root page.</p>;
  const query = Object.fromEntries(new URLSearchParams(search));
  return (
    <plugin.root meta={meta} basename={`/a/${meta.id}`} path={pathname} query={query} onNavChanged={() => undefined} />
  );
}

function Configuration({ plugin }: { readonly plugin: AppPlugin }): React.JSX.Element {
  const query = Object.fromEntries(new URLSearchParams(useLocation().search));
  const pages = plugin.configPages ?? [];
  const page = pages.find(({ id }) => id === query['page']) ?? pages[0];
  return (
    <PluginPage
      pageNav={{
        text: plugin.meta.name,
        children: pages.map(({ id, title }) => ({
          text: title,
          active: id === page?.id,
          url: `/plugins/${plugin.meta.id}?page=${id}`,
        })),
      }}
    >
      {page === undefined ? (
        <p>The app has no configuration page.</p>
      ) : (
        <page.body plugin={plugin as never} query={query} />
      )}
    </PluginPage>
  );
}
