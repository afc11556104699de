import path from 'node:path';

export type StoreAddress =
  { readonly engine: 'sqlite'; readonly file: string } | { readonly engine: 'postgres'; readonly url: string };

/**
 * Reads `sqlite:///absolute/path`, `sqlite:relative/path`, `sqlite::memory:` or `postgres://…`. Throws a plain Error
 * that never repeats the URL: it may hold a password.
 */
export function parseStoreUrl(url: string): StoreAddress {
  if (/^postgres(ql)?:\/\//.test(url)) return { engine: 'postgres', url };
  const [, file] = /^sqlite:(?:\/\/(?=\/))?(.+)$/.exec(url) ?? [];
  if (file === undefined || /^\/\/|[?#]/.test(file)) {
    throw new Error('store URL must be sqlite:///absolute/path, sqlite:relative/path or postgres://host/database');
  }
  if (file === ':memory:') return { engine: 'sqlite', file };
  return { engine: 'sqlite', file: path.resolve(decodeURI(file)) };
}
