import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseStoreUrl } from './store-url.ts';

describe('parseStoreUrl', () => {
  it.each([
    ['sqlite:///var/lib/patchhaven/store.db', { engine: 'sqlite', file: '/var/lib/patchhaven/store.db' }],
    ['sqlite:/var/lib/my%20store.db', { engine: 'sqlite', file: '/var/lib/my store.db' }],
    ['sqlite:data/store.db', { engine: 'sqlite', file: path.resolve('data/store.db') }],
    ['sqlite::memory:', { engine: 'sqlite', file: ':memory:' }],
    ['postgres://me@db/patchhaven', { engine: 'postgres', url: 'postgres://me@db/patchhaven' }],
    ['postgresql://me@db/patchhaven', { engine: 'postgres', url: 'postgresql://me@db/patchhaven' }],
  ])('reads %s', (url, address) => {
    expect(parseStoreUrl(url)).toEqual(address);
  });

  it.each(['', 'sqlite:', 'sqlite://host/file.db', 'mysql://root:hunter2@db/x', 'sqlite:/a?mode=ro', 'store.db'])(
    'refuses %j without repeating it',
    (url) => {
      expect(() => parseStoreUrl(url)).toThrow(/^store URL must be sqlite/);
      expect(() => parseStoreUrl(url)).not.toThrow(/hunter2/);
    },
  );
});
