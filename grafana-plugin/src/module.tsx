import React, { lazy, Suspense } from 'react';
import { AppPlugin, type AppRootProps } from '@grafana/data';
import { LoadingPlaceholder } from '@grafana/ui';

const App = lazy(() => import(/* webpackChunkName: "app" */ './app/App'));

const Root = (props: AppRootProps) => (
  <Suspense fallback={<LoadingPlaceholder text="" />}>
    <App {...props} />
  </Suspense>
);

export const plugin = new AppPlugin().setRootPage(Root);
