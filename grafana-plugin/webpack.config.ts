import path from 'node:path';
import CopyWebpackPlugin from 'copy-webpack-plugin';
import type { Configuration } from 'webpack';
import VirtualModulesPlugin from 'webpack-virtual-modules';
import { getPluginJson } from './.config/bundler/utils.ts';
import baseConfig, { type Env } from './.config/webpack/webpack.config.ts';

const appId: string = getPluginJson().id;

/**
 * Chunks lie in the root of dist, but a nested plugin is served under its own id. So every module loads its chunks from
 * the app's folder, whatever stands before it (sub path, CDN).
 */
const publicPath = new VirtualModulesPlugin({
  'node_modules/grafana-public-path.js': `
import amdMetaModule from 'amd-module';

__webpack_public_path__ =
  amdMetaModule && amdMetaModule.uri
    ? amdMetaModule.uri.replace(/public\\/plugins\\/.*$/, 'public/plugins/${appId}/')
    : 'public/plugins/${appId}/';
`,
});

export default async function config(env: Env): Promise<Configuration> {
  const base = await baseConfig(env);
  const plugins = (base.plugins ?? []).filter((plugin) => !(plugin instanceof VirtualModulesPlugin));
  return {
    ...base,
    cache: { type: 'filesystem', cacheDirectory: path.resolve(process.cwd(), '.cache/webpack') },
    // Numeric ids give the first chunk an integrity of "undefined", which browsers report.
    optimization: { ...base.optimization, chunkIds: 'named' },
    plugins: [
      publicPath,
      ...plugins,
      new CopyWebpackPlugin({ patterns: [{ from: '*/img/**/*', to: '.', noErrorOnMissing: true }] }),
    ],
  };
}
