import type { AppPluginMeta, DataSourceInstanceSettings, PanelPluginMeta } from '@grafana/data';

/** What the server wrote into the page for the host itself. */
export interface HostBoot {
  /** App plugins with their settings, as `GET /api/plugins/:id/settings` gives them. */
  readonly apps: Readonly<Record<string, AppPluginMeta>>;
  readonly panels: Readonly<Record<string, PanelPluginMeta>>;
  /** By name, as in Grafana's boot data. */
  readonly datasources: Readonly<Record<string, DataSourceInstanceSettings>>;
  readonly defaultDatasource: string;
}

declare global {
  interface Window {
    patchhavenHost: HostBoot;
  }
}

export const boot = window.patchhavenHost;
