import { ConnectorError } from '../domain/errors.ts';

export interface PageLimits {
  /** Path, for messages. */
  readonly path: string;
  /** A walk longer than this is a loop or a misunderstanding, never a fleet. */
  readonly maxPages: number;
}

export interface CursorPage<T> {
  readonly items: readonly T[];
  /** Where the next page starts; undefined ends the walk. */
  readonly next: string | undefined;
  /** What tells this page from every other: a page met twice means that the vendor does not move on. */
  readonly fingerprint: string;
}

/**
 * Walks pages by an opaque cursor until a page is empty or names no next one. A repeated page or too many of them ends
 * in ConnectorError('malformed'): a walk that cannot be finished is never passed off as the whole.
 */
export async function* pagesByCursor<T>(
  read: (cursor: string | undefined) => Promise<CursorPage<T>>,
  limits: PageLimits,
): AsyncGenerator<readonly T[]> {
  const seen = new Set<string>();
  let cursor: string | undefined;
  for (let page = 0; page < limits.maxPages; page += 1) {
    const { items, next, fingerprint } = await read(cursor);
    if (items.length === 0) return;
    if (seen.has(fingerprint)) throw loop(limits, 'the same page came twice');
    seen.add(fingerprint);
    yield items;
    if (next === undefined) return;
    cursor = next;
  }
  throw loop(limits, `more than ${String(limits.maxPages)} pages`);
}

/**
 * Walks a list by "after the last id". `after` may be inclusive and the page size may be clamped by the vendor, so only
 * a page that brings nothing new ends the walk, and that page must be empty or repeat the last id alone.
 */
export async function* pagesByLastId<T>(
  read: (after: number | undefined) => Promise<readonly T[]>,
  idOf: (item: T) => number | undefined,
  limits: PageLimits,
): AsyncGenerator<readonly T[]> {
  let after: number | undefined;
  for (let page = 0; page < limits.maxPages; page += 1) {
    const items = await read(after);
    if (items.length === 0) return;
    const last = after;
    const fresh = last === undefined ? items : items.filter((item) => (idOf(item) ?? Infinity) > last);
    const ids = fresh.map(idOf).filter((id) => id !== undefined);
    if (ids.length === 0) {
      if (last !== undefined && items.every((item) => idOf(item) === last)) return;
      if (last === undefined) yield items;
      throw loop(limits, 'the page after the last id brings nothing new');
    }
    yield fresh;
    after = ids.reduce((a, b) => Math.max(a, b));
  }
  throw loop(limits, `more than ${String(limits.maxPages)} pages`);
}

function loop(limits: PageLimits, what: string): ConnectorError {
  return new ConnectorError('malformed', `paging does not end: ${what}`, { path: limits.path });
}
