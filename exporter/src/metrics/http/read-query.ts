/** What the query of a scrape asks for, before the caller's rights are applied. */
export interface ScrapeQuery {
  readonly families?: ReadonlySet<string>;
  readonly organizations?: ReadonlySet<string>;
  readonly shard?: { readonly index: number; readonly count: number };
}

const maxShards = 10_000;

/** Reads `collect[]`, `organization[]`, `shard` and `shards`. A problem is one sentence for the client (400). */
export function readQuery(
  query: URLSearchParams,
  known: ReadonlySet<string>,
): { readonly query: ScrapeQuery } | { readonly problem: string } {
  const families = query.getAll('collect[]');
  const unknown = families.find((name) => !known.has(name));
  if (unknown !== undefined) return { problem: `collect[] names an unknown metric: ${JSON.stringify(unknown)}` };
  const organizations = query.getAll('organization[]');
  const shard = readShard(query.get('shard'), query.get('shards'));
  if (shard === 'invalid') {
    return { problem: `shard and shards must be given together, as 0 <= shard < shards <= ${String(maxShards)}` };
  }
  return {
    query: {
      ...(families.length > 0 && { families: new Set(families) }),
      ...(organizations.length > 0 && { organizations: new Set(organizations) }),
      ...(shard !== undefined && { shard }),
    },
  };
}

function readShard(index: string | null, count: string | null) {
  if (index === null && count === null) return undefined;
  const isWhole = (text: string | null): text is string => text !== null && /^\d{1,5}$/.test(text);
  if (!isWhole(index) || !isWhole(count)) return 'invalid' as const;
  const shard = { index: Number(index), count: Number(count) };
  return shard.index < shard.count && shard.count <= maxShards ? shard : ('invalid' as const);
}
