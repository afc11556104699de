import { describe, expect, it } from 'vitest';
import { patchList } from './words.ts';

const kb = (id: string) => ({ id, title: `Cumulative Update (${id})` });

describe('patchList', () => {
  it('names updates by KB where they have one, else by title: a vendor’s own id tells a person nothing', () => {
    const driver = { id: '42f5c6d4-2364-4588-a149-da67e1d284f1', title: 'Intel - net - 12.19.2.60' };
    expect(patchList([kb('KB5041160'), driver])).toBe('KB5041160, Intel - net - 12.19.2.60');
  });

  it('names an update once that event and report know under two ids', () => {
    const title = 'openssl 3.0.15-1';
    expect(
      patchList([
        { id: '42f5c6d4', title },
        { id: title, title },
      ]),
    ).toBe(title);
  });

  it('names five and counts the rest', () => {
    const seven = Array.from({ length: 7 }, (_, n) => kb(`KB500000${String(n)}`));
    expect(patchList(seven)).toBe('KB5000000, KB5000001, KB5000002, KB5000003, KB5000004 +2');
  });
});
