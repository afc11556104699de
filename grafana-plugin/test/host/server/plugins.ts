import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { globSync } from 'glob';
import type { ProxyRoute } from './routes.ts';

/** The parts of plugin.json that Grafana's server acts on. */
export interface PluginJson {
  readonly id: string;
  readonly type: 'app' | 'datasource' | 'panel';
  readonly name: string;
  readonly routes?: readonly ProxyRoute[];
  readonly includes?: readonly { readonly name: string; readonly type: string; readonly path?: string }[];
  readonly info: { readonly version: string; readonly logos: { readonly small: string; readonly large: string } };
  readonly [field: string]: unknown;
}

export interface InstalledPlugin {
  readonly json: PluginJson;
  /** Where its plugin.json lies: the folder served under `/public/plugins/<id>/`. */
  readonly folder: string;
}

/** Finds the built plugins as Grafana's server does: every folder of `dist` with a plugin.json. */
export function readPlugins(dist: string): readonly InstalledPlugin[] {
  if (!existsSync(path.join(dist, 'plugin.json'))) throw new Error(`${dist} holds no plugin: run npm run build first`);
  return globSync('**/plugin.json', { cwd: dist, absolute: true })
    .sort()
    .map((file) => ({ json: JSON.parse(readFileSync(file, 'utf8')) as PluginJson, folder: path.dirname(file) }));
}

/** The plugin's meta in the boot data: paths in it lead to `/public/plugins/<id>/`. */
export function toMeta({ json }: InstalledPlugin): Record<string, unknown> {
  const base = `public/plugins/${json.id}`;
  const { logos } = json.info;
  return {
    ...json,
    baseUrl: base,
    module: `${base}/module.js`,
    info: { ...json.info, logos: { small: `${base}/${logos.small}`, large: `${base}/${logos.large}` } },
    enabled: true,
    loadingStrategy: 'fetch',
    signature: 'unsigned',
  };
}
