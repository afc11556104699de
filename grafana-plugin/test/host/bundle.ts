import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

/** The Grafana versions the one `dist` is run in; the first is the one it is compiled against. */
export const grafanaVersions = ['12.4', '13.2'] as const;
export type GrafanaVersion = (typeof grafanaVersions)[number];

const pluginFolder = fileURLToPath(new URL('../../', import.meta.url));
const browserFolder = path.join(pluginFolder, 'test/host/browser');

/** Where the libraries of each version are installed. */
const librariesOf: Readonly<Record<GrafanaVersion, string>> = {
  '12.4': pluginFolder,
  '13.2': path.join(pluginFolder, 'test/hosts/grafana-13'),
};

export interface HostBundle {
  /** The script with all libraries and the host page. */
  readonly script: string;
  /** Grafana's icons, served under `/public/build/img`. */
  readonly images: string;
  /** For example '12.4.10'. */
  readonly grafana: string;
}

function versionOf(name: string, folder: string): string {
  const manifest = JSON.parse(readFileSync(path.join(folder, 'node_modules', name, 'package.json'), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}

/** Same libraries and same page, same name: a bundle takes seconds to make and is kept. */
function fingerprint(folder: string): string {
  const hash = createHash('sha256').update(readFileSync(path.join(folder, 'package-lock.json')));
  hash.update(readFileSync(fileURLToPath(import.meta.url)));
  for (const name of readdirSync(browserFolder).sort()) hash.update(readFileSync(path.join(browserFolder, name)));
  return hash.digest('hex').slice(0, 16);
}

/** Bare imports come from the version's own folder, wherever the importing file lies. */
function librariesFrom(folder: string): Plugin {
  return {
    name: 'libraries',
    setup(builder) {
      builder.onResolve({ filter: /^[@a-z]/ }, ({ path: name, importer, kind, pluginData }) => {
        if (pluginData === 'resolved' || name.includes(':') || !importer.startsWith(browserFolder)) return undefined;
        const resolveDir = name.startsWith('systemjs') ? pluginFolder : folder;
        return builder.resolve(name, { kind, resolveDir, pluginData: 'resolved' });
      });
      // Not in the package's exports, but the very modules its index has.
      builder.onResolve({ filter: /^grafana-runtime-component:/ }, ({ path: name }) => ({
        path: path.join(folder, `node_modules/@grafana/runtime/dist/esm/components/${name.split(':')[1] ?? ''}.mjs`),
      }));
      // Style sheets that libraries import come with the script, as Grafana's own bundle has them.
      builder.onLoad({ filter: /\.css$/ }, ({ path: file }) => ({
        contents: `const sheet = document.createElement('style'); sheet.textContent = ${JSON.stringify(readFileSync(file, 'utf8'))}; document.head.append(sheet);`,
        loader: 'js',
      }));
      // The code editor is five megabytes that no screen of ours draws.
      builder.onResolve({ filter: /^(monaco-editor|@monaco-editor\/react|react-monaco-editor)/ }, () => ({
        path: path.join(browserFolder, 'no-editor.tsx'),
      }));
    },
  };
}

/** Bundles the real libraries of a Grafana version with the host page; a kept bundle is taken when nothing changed. */
export async function bundleHost(version: GrafanaVersion): Promise<HostBundle> {
  const folder = librariesOf[version];
  const cache = path.join(pluginFolder, '.cache/host');
  const script = path.join(cache, `grafana-${version}-${fingerprint(folder)}.js`);
  const bundle = {
    script,
    images: path.join(folder, 'node_modules/@grafana/ui/dist/public/img'),
    grafana: versionOf('@grafana/ui', folder),
  };
  if (existsSync(script)) return bundle;
  mkdirSync(cache, { recursive: true });
  const unfinished = `${script}.${String(process.pid)}`;
  await build({
    entryPoints: [path.join(browserFolder, 'main.tsx')],
    outfile: unfinished,
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: 'chrome120',
    jsx: 'transform',
    conditions: ['browser', 'module', 'import'],
    mainFields: ['browser', 'module', 'main'],
    define: { 'process.env.NODE_ENV': '"development"', global: 'window' },
    loader: { '.woff': 'dataurl', '.woff2': 'dataurl', '.ttf': 'dataurl', '.svg': 'dataurl', '.png': 'dataurl' },
    plugins: [librariesFrom(folder)],
    logLevel: 'warning',
    logOverride: { 'package.json': 'silent' },
    minifyWhitespace: true,
    legalComments: 'none',
  });
  renameSync(unfinished, script);
  return bundle;
}
