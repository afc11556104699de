import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { connectorTypes } from './registry.ts';

const here = new URL('.', import.meta.url);
const docs = new URL('../../../docs/connectors/', here);
const folders = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

describe('connectorTypes', () => {
  it('lists every folder, and nothing else', () => {
    expect(Object.keys(connectorTypes).sort()).toEqual(folders);
  });

  it.each(folders)('knows %s by the name of its folder, with its files and its page', (folder) => {
    expect(connectorTypes[folder]?.type).toBe(folder);
    expect(readdirSync(new URL(`${folder}/`, here))).toEqual(expect.arrayContaining(['config.ts', 'index.ts']));
    expect(readdirSync(docs)).toContain(`${folder}.md`);
  });

  it.each(folders)('refuses options that %s does not know', (folder) => {
    const result = connectorTypes[folder]?.options.safeParse({ nonsense: true });
    expect(result?.error?.issues.map(({ code }) => code)).toContain('unrecognized_keys');
  });

  it('reads a folder completely only where it can be read', () => {
    const readable = folders.filter((folder) => readdirSync(new URL(`${folder}/`, here)).includes('client.ts'));
    const polled = folders.filter((folder) => (connectorTypes[folder]?.intervals.snapshotSeconds ?? 0) > 0);
    expect(polled).toEqual(readable);
    for (const folder of readable)
      expect(readdirSync(new URL(`${folder}/`, here))).toEqual(
        expect.arrayContaining(['api-schema.ts', 'mapper.ts', '__fixtures__', 'index.test.ts']),
      );
  });
});
