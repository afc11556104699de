import { describe, expect, it } from 'vitest';
import { readQuery } from './read-query.ts';

const known = new Set(['up', 'down']);
const read = (query: string) => readQuery(new URLSearchParams(query), known);

describe('readQuery', () => {
  it('restricts nothing by default', () => {
    expect(read('')).toEqual({ query: {} });
  });

  it('reads repeated names, organizations and a shard', () => {
    expect(read('collect[]=up&collect[]=down&organization[]=acme&shard=0&shards=4')).toEqual({
      query: { families: new Set(['up', 'down']), organizations: new Set(['acme']), shard: { index: 0, count: 4 } },
    });
  });

  it('refuses a name it does not know, so that a typing error is not an empty scrape', () => {
    expect(read('collect[]=upp')).toEqual({ problem: 'collect[] names an unknown metric: "upp"' });
  });

  it.each(['shard=1', 'shards=2', 'shard=2&shards=2', 'shard=-1&shards=2', 'shard=0&shards=99999', 'shard=a&shards=b'])(
    'refuses %s',
    (query) => {
      expect(read(query)).toHaveProperty('problem');
    },
  );
});
