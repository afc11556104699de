import React, { lazy, Suspense } from 'react';
import { AppPlugin, type AppPluginMeta, type AppRootProps, type PluginConfigPageProps } from '@grafana/data';
import { LoadingPlaceholder } from '@grafana/ui';

const App = lazy(() => import(/* webpackChunkName: "app" */ './app/App'));

const Root = (props: AppRootProps) => (
  <Suspense fallback={<LoadingPlaceholder text="" />}>
    <App {...props} />
  </Suspense>
);

const ConfigurationPage = lazy(
  () => import(/* webpackChunkName: "configuration" */ './app/pages/configuration/ConfigurationPage'),
);

const Configuration = (props: PluginConfigPageProps<AppPluginMeta>) => (
  <Suspense fallback={<LoadingPlaceholder text="" />}>
    <ConfigurationPage {...props} />
  </Suspense>
);

export const plugin = new AppPlugin()
  .setRootPage(Root)
  .addConfigPage({ title: 'Configuration', icon: 'cog', body: Configuration, id: 'configuration' });
