import { type InstalledPlugin, toMeta } from './plugins.ts';
import type { Visit } from './grafana.ts';
import { provisionedSettings, provisionedSources } from './provisioned.ts';

export interface BootPageInput {
  readonly plugins: readonly InstalledPlugin[];
  readonly visit: Visit;
  readonly subPath: string;
  /** Root URL with the sub path. */
  readonly url: string;
  /** Of Grafana, for example '12.4.10'. */
  readonly version: string;
}

/** `index.html` with the boot data that `@grafana/runtime` reads when it is loaded. */
export function bootPage(input: BootPageInput): string {
  const { visit, subPath } = input;
  const settings = settingsOf(input);
  const user = {
    isSignedIn: true,
    id: 1,
    uid: `id-${visit.user.login}`,
    login: visit.user.login,
    name: visit.user.login,
    email: `${visit.user.login}@example.com`,
    orgId: 1,
    orgName: 'Main Org.',
    orgRole: visit.user.role,
    isGrafanaAdmin: false,
    theme: visit.theme,
    lightTheme: visit.theme === 'light',
    timezone: visit.timeZone,
    weekStart: 'monday',
    locale: 'en-US',
    language: 'en-US',
    regionalFormat: 'en-US',
    permissions: { 'plugins.app:access': true, 'datasources:query': true, 'datasources:read': true },
    authenticatedBy: 'password',
  };
  const boot = { settings, user, navTree: [], assets: {}, themePaths: {} };
  const host = {
    apps: metasOf(input, 'app'),
    panels: metasOf(input, 'panel'),
    datasources: settings.datasources,
    defaultDatasource: defaultSource?.uid ?? '',
  };
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Grafana</title>
<base href="${subPath}/">
<link rel="icon" href="data:,">
<style>
html { box-sizing: border-box; font-size: 14px; }
*, *::before, *::after { box-sizing: inherit; }
body { margin: 0; }
button, input, select, textarea { font: inherit; margin: 0; }
ul, ol { margin: 0; padding: 0; list-style: none; }
fieldset { border: 0; margin: 0; min-width: 0; padding: 0; }
legend { padding: 0; }
@media (prefers-reduced-motion: reduce) {
  *, *::before, *::after { transition-duration: 0s !important; animation-duration: 0s !important; }
}
table { border-collapse: collapse; border-spacing: 0; }
</style>
</head>
<body class="theme-${visit.theme}">
<div id="reactRoot"></div>
<script>
window.__grafana_public_path__ = ${toScript(`${subPath}/public/`)};
window.grafanaBootData = ${toScript(boot)};
window.patchhavenHost = ${toScript(host)};
</script>
<script src="host.js"></script>
</body>
</html>
`;
}

/** JSON that cannot end the script element it stands in. */
function toScript(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

function metasOf({ plugins }: BootPageInput, type: string): Record<string, object> {
  const own = plugins.filter(({ json }) => json.type === type);
  return Object.fromEntries(
    own.map((plugin) => {
      const jsonData = provisionedSettings(plugin.json.id);
      return [plugin.json.id, { ...toMeta(plugin), pinned: true, jsonData, secureJsonFields: {} }];
    }),
  );
}

function settingsOf(input: BootPageInput) {
  const { plugins, subPath, url, version } = input;
  const datasources = provisionedSources.map((source, index) => {
    const plugin = plugins.find(({ json }) => json.id === source.type);
    return {
      access: 'proxy',
      readOnly: true,
      isDefault: false,
      jsonData: {},
      cachingConfig: { enabled: false, TTLMs: 0 },
      ...source,
      id: index + 1,
      url: `${subPath}/api/datasources/proxy/uid/${source.uid}`,
      meta: plugin === undefined ? prometheusMeta(version) : toMeta(plugin),
    };
  });
  return {
    appUrl: `${url}/`,
    appSubUrl: subPath,
    buildInfo: { version, commit: 'host', env: 'production', edition: 'Open Source', hideVersion: false },
    featureToggles: {},
    datasources: Object.fromEntries(datasources.map((source) => [source.name, source])),
    defaultDatasource: defaultSource?.name ?? '',
    panels: Object.fromEntries(
      Object.entries(metasOf(input, 'panel')).map(([id, meta]) => [id, { ...meta, sort: 1, hideFromList: false }]),
    ),
    apps: Object.fromEntries(
      Object.entries(metasOf(input, 'app')).map(([id]) => [
        id,
        { id, path: `public/plugins/${id}/module.js`, version: '0.1.0', preload: false },
      ]),
    ),
    dateFormats: {
      fullDate: 'YYYY-MM-DD HH:mm:ss',
      interval: {
        millisecond: 'HH:mm:ss.SSS',
        second: 'HH:mm:ss',
        minute: 'HH:mm',
        hour: 'MM/DD HH:mm',
        day: 'MM/DD',
        month: 'YYYY-MM',
        year: 'YYYY',
      },
      useBrowserLocale: false,
      defaultTimezone: 'browser',
    },
    theme: input.visit.theme,
    namespace: 'default',
    licenseInfo: {},
    unifiedAlertingEnabled: true,
    rbacEnabled: true,
  };
}

const defaultSource = provisionedSources.find(({ isDefault }) => isDefault === true);

/** Prometheus is a plugin of Grafana's own; the host brings a small one. */
function prometheusMeta(version: string): object {
  const logo = 'public/build/img/icons/unicons/chart-line.svg';
  return {
    id: 'prometheus',
    type: 'datasource',
    name: 'Prometheus',
    metrics: true,
    annotations: true,
    alerting: true,
    module: 'core:plugin/prometheus',
    baseUrl: 'public/plugins/prometheus',
    info: { version, logos: { small: logo, large: logo }, links: [], keywords: [], screenshots: [] },
  };
}
