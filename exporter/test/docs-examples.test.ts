import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { sourceSchemas } from '../src/app/serve.ts';
import { parseConfig } from '../src/config/load.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'patchhaven-examples-'));
const secretFile = path.join(folder, 'secret');
writeFileSync(secretFile, 'a secret', { mode: 0o600 });
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** What a document that shows one section leaves out. */
const rest = {
  prometheus: [{ name: 'main', url: 'http://localhost:9090' }],
  sources: [{ id: 'ninja', type: 'events' }],
};
/** Files of other programs: Prometheus, Alertmanager, and Grafana's provisioning. */
const foreign = ['scrape_configs', 'rule_files', 'route', 'apiVersion'];

const pages = readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .map((name) => path.join('docs', name));

const examples = ['README.md', ...pages].flatMap((page) => {
  const blocks = readFileSync(path.join(root, page), 'utf8').matchAll(/^([ \t]*)```yaml\n([\s\S]*?)^\1```/gm);
  return [...blocks].flatMap(([, indent = '', block = ''], index) => {
    const text = block.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
    const value = parse(text) as Record<string, unknown>;
    return foreign.some((key) => key in value) ? [] : [{ name: `${page}, block ${String(index + 1)}`, value }];
  });
});

describe('the examples of the documents', () => {
  it('are found', () => {
    expect(examples.length).toBeGreaterThan(12);
  });

  it.each(examples)('$name is a configuration that the exporter takes', ({ value }) => {
    const text = stringify({ ...rest, ...value }).replaceAll(/(File|_file): \S+/g, `$1: ${secretFile}`);
    expect(() => parseConfig(path.join(folder, 'patchhaven.yaml'), text, { sourceSchemas, env: {} })).not.toThrow();
  });
});
