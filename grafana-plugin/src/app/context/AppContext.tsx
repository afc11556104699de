import React, { createContext, useContext, useMemo } from 'react';
import { getDataSourceSrv } from '@grafana/runtime';
import { ExporterClient } from '../../shared/api/client';
import { DATASOURCE_ID } from '../../constants';
import { NoExporter } from '../components/NoExporter';
import type { AppSettings } from '../settings';
import { findExporter } from './find-exporter';

interface AppValues {
  readonly client: ExporterClient;
  readonly settings: AppSettings;
}

const AppContext = createContext<AppValues | undefined>(undefined);

interface Props {
  readonly settings: AppSettings;
  readonly children: React.ReactNode;
}

/** Gives the pages the exporter of the configured data source; without one it says what to do instead of them. */
export function AppProvider({ settings, children }: Props): React.JSX.Element {
  const choice = useMemo(
    () =>
      findExporter(
        settings,
        getDataSourceSrv()
          .getList({ pluginId: DATASOURCE_ID })
          .map(({ uid }) => uid),
      ),
    [settings],
  );
  const uid = choice.status === 'found' ? choice.uid : undefined;
  const values = useMemo(
    () =>
      uid === undefined
        ? undefined
        : { settings, client: new ExporterClient(`/api/datasources/proxy/uid/${encodeURIComponent(uid)}`) },
    [settings, uid],
  );
  if (values === undefined) {
    return <NoExporter choice={choice} />;
  }
  return <AppContext.Provider value={values}>{children}</AppContext.Provider>;
}

function useAppValues(): AppValues {
  const values = useContext(AppContext);
  if (values === undefined) {
    throw new Error('This component has to stand inside AppProvider.');
  }
  return values;
}

/** The exporter's API. The same object for the life of the page. */
export function useExporter(): ExporterClient {
  return useAppValues().client;
}

export function useSettings(): AppSettings {
  return useAppValues().settings;
}
