import { describe, expect, it } from 'vitest';
import { ConnectorError } from '../domain/errors.ts';
import { DetailRotation } from './detail-rotation.ts';
import { Counter } from './tally.ts';

const items = (...ids: string[]) => ids.map((id) => ({ id, fingerprint: 'same' }));

/** A rotation, who was asked by the last read, and what it answered. */
function setUp(perRead: number, maxAgeSeconds = 1000) {
  const rotation = new DetailRotation<string>({ perRead, maxAgeSeconds });
  const read = async (
    now: number,
    pages: readonly (readonly { id: string; fingerprint: string }[])[],
    failing = '',
  ) => {
    const asked: string[] = [];
    const dropped = new Counter();
    const details = rotation.begin(
      now,
      (id) => {
        asked.push(id);
        return failing.includes(id)
          ? Promise.reject(new ConnectorError('unavailable', 'no'))
          : Promise.resolve(`${id}@${String(now)}`);
      },
      dropped,
    );
    const known = new Map<string, string>();
    for (const page of pages) for (const [id, detail] of await details.take(page)) known.set(id, detail);
    details.finish();
    return { asked, known: [...known.values()], dropped: dropped.toTally() };
  };
  return { read };
}

describe('DetailRotation', () => {
  it('asks about everyone in turns, and about nobody twice before all had theirs', async () => {
    const { read } = setUp(2);
    const pages = [items('a', 'b'), items('c', 'd', 'e')];
    expect((await read(1, pages)).asked).toEqual(['a', 'b']);
    expect((await read(2, pages)).asked).toEqual(['c', 'd']);
    expect((await read(3, pages)).asked).toContain('e');
    expect((await read(4, pages)).known).toHaveLength(5);
  });

  it('renews the oldest once everybody is known', async () => {
    const { read } = setUp(2);
    const pages = [items('a', 'b', 'c')];
    await read(1, pages);
    await read(2, pages);
    await read(3, pages);
    expect((await read(4, pages)).asked).toHaveLength(2);
  });

  it('asks at once about a device that changed', async () => {
    const { read } = setUp(3);
    await read(1, [items('a', 'b', 'c')]);
    await read(2, [items('a', 'b', 'c')]);
    const { asked } = await read(3, [[...items('a', 'b'), { id: 'c', fingerprint: 'other' }]]);
    expect(asked).toContain('c');
  });

  it('calls what is too old unknown, and forgets who is gone', async () => {
    const { read } = setUp(1, 10);
    await read(1, [items('a')]);
    expect((await read(100, [items('b', 'a')])).known).toEqual(['b@100']);
    await read(101, [items('b')]);
    expect((await read(102, [items('b', 'a')])).known).not.toContain('a@1');
  });

  it('pays for a few failures with those devices, counted', async () => {
    const { read } = setUp(10);
    expect(await read(1, [items('a', 'b', 'c')], 'b')).toEqual({
      asked: ['a', 'b', 'c'],
      known: ['a@1', 'c@1'],
      dropped: { 'detail.unavailable': 1 },
    });
  });

  it('fails when most of them fail: that is the vendor and not a device', async () => {
    const { read } = setUp(10);
    await expect(read(1, [items('a', 'b', 'c', 'd', 'e')], 'abcde')).rejects.toMatchObject({ kind: 'unavailable' });
  });
});
