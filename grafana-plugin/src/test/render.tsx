import React from 'react';
import { config, type PluginPageProps, setBackendSrv, setDataSourceSrv } from '@grafana/runtime';
import { render, type RenderResult } from '@testing-library/react';
import { MemoryRouter, Route, Routes, useLocation } from 'react-router-dom';
import type { AppRootProps } from '@grafana/data';
import App from '../app/App';
import { FakeExporter } from './exporter';

// The npm package holds a placeholder that leaves heading and actions out; Grafana's own shows them.
jest.mock('@grafana/runtime', () => ({
  ...jest.requireActual<object>('@grafana/runtime'),
  PluginPage: ({ pageNav, subTitle, actions, children }: PluginPageProps) => (
    <main>
      {pageNav !== undefined && <h1>{pageNav.text}</h1>}
      <p>{subTitle}</p>
      <div>{actions}</div>
      {children}
    </main>
  ),
}));

export interface RenderOptions {
  readonly exporter?: FakeExporter;
  readonly role?: 'Viewer' | 'Editor' | 'Admin';
  /** Uids of the Patchhaven data sources of this Grafana. */
  readonly datasources?: readonly string[];
  readonly jsonData?: object;
}

export interface RenderedApp extends RenderResult {
  readonly exporter: FakeExporter;
  /** Path and search of where the router stands. */
  readonly location: () => string;
}

/** The whole app at a path below its root, as Grafana mounts it, against a fake exporter. */
export function renderApp(path: string, options: RenderOptions = {}): RenderedApp {
  const { exporter = new FakeExporter(), role = 'Viewer', datasources = ['patchhaven'], jsonData = {} } = options;
  setGrafana(exporter, role, datasources);
  let at = '';
  const props = { meta: { jsonData } } as unknown as AppRootProps;
  const rendered = render(
    <MemoryRouter
      initialEntries={[`/a/patchhaven-fleet-app/${path}`]}
      future={{ v7_startTransition: true, v7_relativeSplatPath: true }}
    >
      <Where
        tell={(location) => {
          at = location;
        }}
      />
      <Routes>
        <Route path="/a/patchhaven-fleet-app/*" element={<App {...props} />} />
      </Routes>
    </MemoryRouter>,
  );
  return { ...rendered, exporter, location: () => at };
}

function setGrafana(exporter: FakeExporter, role: string, datasources: readonly string[]): void {
  config.bootData.user = { ...config.bootData.user, orgRole: role as never, timezone: 'utc' };
  setBackendSrv({ fetch: exporter.fetch.bind(exporter) } as never);
  setDataSourceSrv({
    getList: () => datasources.map((uid) => ({ uid, name: uid })),
    get: (uid: string) => Promise.reject(new Error(`Data source ${uid} was not found`)),
  } as never);
}

function Where({ tell }: { readonly tell: (location: string) => void }): null {
  const { pathname, search } = useLocation();
  React.useLayoutEffect(() => {
    tell(`${pathname}${search}`);
  });
  return null;
}
