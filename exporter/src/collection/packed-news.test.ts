import { describe, expect, it } from 'vitest';
import { PackedNews, type News } from './packed-news.ts';

function aNews(n: number): News {
  const title = `2026-07 Cumulative Update ${String(n % 3)}`;
  return {
    hash: `hash ${String(n)}`,
    event: {
      source: 'ninja',
      dedupKey: `observed:${String(n)}`,
      organization: 'acme',
      device: `ninja:${String(n)}`,
      occurredAt: 1_786_000_000.25,
      receivedAt: 1_786_000_010,
      type: 'device.observed',
      data: {
        vendorId: String(n),
        organization: 'acme',
        groups: [],
        tags: ['ring:öst'],
        displayName: `host ${String(n)}`,
        hostNames: [`host${String(n)}`],
        ipAddresses: [],
        ...(n % 2 === 0 ? { rebootPending: false } : {}),
        ...(n % 5 === 0
          ? {}
          : { patches: [{ id: 'KB1', title, severity: 'critical', kind: 'security', status: 'missing' }] }),
      },
    },
  };
}

async function unpacked(news: PackedNews): Promise<readonly (readonly News[])[]> {
  const batches: (readonly News[])[] = [];
  for await (const batch of news.batches()) batches.push(batch);
  return batches;
}

describe('packed news', () => {
  it.each([0, 1, 499, 500, 501, 1700])('come back as they were and in their order: %i of them', async (count) => {
    const all = Array.from({ length: count }, (_, n) => aNews(n));
    const news = new PackedNews();
    for (let start = 0; start < count; start += 300) await news.add(all.slice(start, start + 300));
    const batches = await unpacked(news);
    expect(batches.flat()).toEqual(all);
    expect(batches.every((batch) => batch.length > 0 && batch.length <= 500)).toBe(true);
  });
});
