/** The rules of Grafana's plugin validator, which cannot run here: it downloads itself from GitHub. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { globSync } from 'glob';
import { describe, expect, it } from 'vitest';
import { distFolder } from './host/host.ts';
import { type InstalledPlugin, type PluginJson, readPlugins } from './host/server/plugins.ts';

const pluginFolder = fileURLToPath(new URL('..', import.meta.url));
const plugins = readPlugins(distFolder);
const app = plugins.find(({ json }) => json.type === 'app') as InstalledPlugin;
const nested = plugins.filter((plugin) => plugin !== app);
const read = (file: string): string => readFileSync(path.join(distFolder, file), 'utf8');
const scripts = globSync('**/*.js', { cwd: distFolder }).sort();
const sources = globSync('src/**/*.{ts,tsx}', {
  cwd: pluginFolder,
  ignore: ['**/*.test.*', 'src/test/**', '**/openapi.ts'],
});

const gzipped = (file: string): number => gzipSync(read(file)).length;
const kilobytes = 1000;

interface Info {
  readonly description: string;
  readonly keywords: readonly string[];
  readonly links: readonly unknown[];
  readonly screenshots: readonly { readonly path: string }[];
  readonly logos: { readonly small: string; readonly large: string };
  readonly updated: string;
}

describe.each(plugins.map((plugin) => [plugin.json.id, plugin] as const))('%s', (id, { json, folder }) => {
  const info = json.info as unknown as Info & PluginJson['info'];

  it('has an id that ends in its type and belongs to one organization', () => {
    expect(id).toMatch(new RegExp(`^patchhaven-([0-9a-z]+-)?${json.type}$`));
  });

  it('describes itself, and every file it names is there', () => {
    expect(info.description.length).toBeGreaterThan(20);
    expect(info.keywords.length).toBeGreaterThan(0);
    expect(Array.isArray(info.links)).toBe(true);
    const files = [info.logos.small, info.logos.large, ...info.screenshots.map((shot) => shot.path)];
    for (const file of files) {
      expect(file).not.toMatch(/^(\.?\/|https?:|\.\.)/);
      expect(existsSync(path.join(folder, file)), file).toBe(true);
    }
    expect(readFileSync(path.join(folder, info.logos.small), 'utf8')).not.toMatch(/<script|\son\w+=/i);
  });

  it('has a module with its source map, a version, a date, and a Grafana version without an upper bound', () => {
    for (const file of ['module.js', 'module.js.map']) expect(existsSync(path.join(folder, file)), file).toBe(true);
    expect(info.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(info.updated).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    const { grafanaDependency } = json['dependencies'] as { grafanaDependency: string };
    expect(grafanaDependency).toMatch(/^>=\d+\.\d+\.\d+(-0)?$/);
  });
});

describe('the app', () => {
  it('declares every nested plugin with its type and path', () => {
    const declared = (app.json.includes ?? []).filter(({ type }) => type === 'datasource' || type === 'panel');
    const found = nested.map(({ json, folder }) => ({
      type: json.type,
      name: json.name,
      path: path.posix.join(path.relative(distFolder, folder), 'plugin.json'),
    }));
    expect(declared.map(({ type, name, path: place }) => ({ type, name, path: place })).sort(byPath)).toEqual(
      found.sort(byPath),
    );
  });

  it('has the version of package.json and of the top of the changelog', () => {
    const { version } = JSON.parse(readFileSync(path.join(pluginFolder, 'package.json'), 'utf8')) as {
      version: string;
    };
    expect(plugins.map(({ json }) => json.info.version)).toEqual(plugins.map(() => version));
    expect(/^## (?:\[)?(\d+\.\d+\.\d+)/m.exec(read('CHANGELOG.md'))?.[1]).toBe(version);
  });

  it('ships a licence from the allowed list and a README of its own', () => {
    expect(read('LICENSE')).toContain('Apache License');
    expect(read('README.md')).not.toMatch(/This is a starting point|TODO|<!-- /i);
    expect(read('README.md')).toContain('Patchhaven');
  });
});

const byPath = (a: { path?: string }, b: { path?: string }): number => ((a.path ?? '') < (b.path ?? '') ? -1 : 1);

describe('the scripts', () => {
  it.each(scripts)('%s brings no React of its own and touches no internals', (file) => {
    const text = read(file);
    expect(text).not.toContain('__SECRET_INTERNALS');
    expect(text).not.toContain('react.production.min');
    expect(text).not.toMatch(/Symbol\.for\(["']react\.(transitional\.)?element["']\)/);
  });

  it('are small: what the app loads first is at most 150 kB gzipped, the panel 60 kB', () => {
    const first = ['module.js', 'app.js', ...scripts.filter((file) => file.startsWith('vendors-'))];
    const appBytes = first.reduce((sum, file) => sum + gzipped(file), 0);
    expect(appBytes).toBeLessThanOrEqual(150 * kilobytes);
    expect(gzipped('panel/module.js')).toBeLessThanOrEqual(60 * kilobytes);
  });
});

describe('the sources', () => {
  it.each<[string, RegExp]>([
    ['console.log', /\bconsole\.log\(/],
    ['window.location or window.open', /\bwindow\.(location\b|open\()/],
    ['native dialogs', /(?<![.\w])(alert|confirm|prompt)\(/],
    ['imports of CSS', /import\s+['"][^'"]+\.s?css['"]/],
    ['global styles', /\binjectGlobal\b/],
    ['@ts-ignore', /@ts-ignore/],
    ['process.env', /\bprocess\.env\b/],
    ['the query API by hand', /\/api\/ds\/query/],
    ['classes of old forms', /className=.*\bgf-form/],
  ])('hold no %s', (_name, pattern) => {
    const found = sources.filter((file) => pattern.test(readFileSync(path.join(pluginFolder, file), 'utf8')));
    expect(found).toEqual([]);
  });
});
