import { describe, expect, it } from 'vitest';
import { pagesByCursor, pagesByLastId } from './paging.ts';

const limits = { path: '/list', maxPages: 5 };

async function all<T>(pages: AsyncGenerator<readonly T[]>): Promise<T[]> {
  const items: T[] = [];
  for await (const page of pages) items.push(...page);
  return items;
}

/** A vendor list of ids 1..n, served `size` at a time. */
function idList(count: number, size: number, inclusive = false) {
  const ids = Array.from({ length: count }, (_, i) => i + 1);
  return (after: number | undefined) =>
    Promise.resolve(ids.filter((id) => id > (after ?? 0) || (inclusive && id === after)).slice(0, size));
}

const itself = (id: number): number => id;

describe('pagesByLastId', () => {
  it.each([
    ['one short page', idList(3, 10)],
    ['several pages', idList(9, 3)],
    ['an inclusive "after"', idList(9, 3, true)],
    ['pages smaller than asked for', idList(5, 2)],
  ])('reads every id once over %s', async (_what, read) => {
    const ids = await all(pagesByLastId(read, itself, { ...limits, maxPages: 10 }));
    expect(ids).toEqual(ids.map((_, i) => i + 1));
    expect(ids.length).toBeGreaterThan(2);
  });

  it('takes an empty list for an empty list', async () => {
    expect(await all(pagesByLastId(idList(0, 10), itself, limits))).toEqual([]);
  });

  it('fails when the vendor ignores "after" and sends the first page for ever', async () => {
    const stuck = () => Promise.resolve([1, 2, 3]);
    await expect(all(pagesByLastId(stuck, itself, limits))).rejects.toMatchObject({ kind: 'malformed' });
  });

  it('fails when the walk goes past its page limit', async () => {
    await expect(all(pagesByLastId(idList(100, 1), itself, limits))).rejects.toMatchObject({ kind: 'malformed' });
  });
});

describe('pagesByCursor', () => {
  const page = (items: number[], next: string | undefined) => ({ items, next, fingerprint: items.join() });

  it('walks until a page is empty, even when the cursor keeps its name', async () => {
    const pages = [[1, 2], [3], []];
    let n = 0;
    const items = await all(pagesByCursor(() => Promise.resolve(page(pages[n++] ?? [], 'same-name')), limits));
    expect(items).toEqual([1, 2, 3]);
  });

  it('hands the cursor of the last page to the next request', async () => {
    const asked: (string | undefined)[] = [];
    const read = (cursor: string | undefined) => {
      asked.push(cursor);
      return Promise.resolve(cursor === undefined ? page([1], 'b') : page([2], undefined));
    };
    expect(await all(pagesByCursor(read, limits))).toEqual([1, 2]);
    expect(asked).toEqual([undefined, 'b']);
  });

  it('fails on a page that comes again', async () => {
    const pages = [[1], [2], [1]];
    let n = 0;
    const walk = all(pagesByCursor(() => Promise.resolve(page(pages[n++ % 3] ?? [], `c${String(n)}`)), limits));
    await expect(walk).rejects.toMatchObject({ kind: 'malformed' });
  });

  it('fails on a walk that does not end', async () => {
    let n = 0;
    const walk = all(pagesByCursor(() => Promise.resolve(page([n++], `c${String(n)}`)), limits));
    await expect(walk).rejects.toMatchObject({ kind: 'malformed' });
  });
});
