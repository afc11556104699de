import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Counter } from '../tally.ts';
import { readFeed, type FeedLimits, type ReadActivities } from './activity-feed.ts';
import { Activity } from './api-schema.ts';

const now = 1_786_000_000;
const limits: FeedLimits = { pageSize: 10, maxPages: 3, settleSeconds: 120, maxAgeSeconds: 86_400 };

/** A vendor log: ids from 1 on, each an age in seconds; serves newest first, as many as asked for. */
function vendorLog(ages: readonly number[]) {
  const log = ages.map((age, i) => Activity.parse({ id: i + 1, activityTime: now - age, statusCode: 'X' }));
  let requests = 0;
  const read: ReadActivities = ({ newerThan = 0, olderThan = Infinity, pageSize }) => {
    requests += 1;
    const page = log
      .filter(({ id }) => id > newerThan && id < olderThan)
      .reverse()
      .slice(0, pageSize);
    return Promise.resolve({ lastActivityId: log.length, ids: page.map(({ id }) => id), activities: page });
  };
  return { log, read, requests: () => requests };
}

async function poll(cursor: string | undefined, read: ReadActivities, dropped = new Counter(), given = limits) {
  const page = await readFeed(cursor, read, now, dropped, given);
  return { ids: page.activities.map(({ id }) => id).sort((a, b) => a - b), cursor: page.cursor };
}

const old = (count: number): number[] => Array.from({ length: count }, (_, i) => 3600 - i);

describe('readFeed', () => {
  it('starts at the newest without replaying history', async () => {
    expect(await poll(undefined, vendorLog(old(50)).read)).toEqual({ ids: [], cursor: '{"after":50}' });
  });

  it.each(['', 'true', '{"after":-1}', '{"after":"5"}', 'null'])(
    'starts at the newest for the unreadable cursor %j',
    async (cursor) => {
      const dropped = new Counter();
      expect(await poll(cursor, vendorLog(old(5)).read, dropped)).toEqual({ ids: [], cursor: '{"after":5}' });
      expect(dropped.toTally()).toEqual({ 'activity.cursor_unreadable': 1 });
    },
  );

  it('starts at zero in a tenant without activities', async () => {
    expect((await poll(undefined, vendorLog([]).read)).cursor).toBe('{"after":0}');
  });

  it('reads everything after the cursor over several pages', async () => {
    const result = await poll('{"after":5}', vendorLog(old(25)).read);
    expect(result).toEqual({ ids: Array.from({ length: 20 }, (_, i) => i + 6), cursor: '{"after":25}' });
  });

  it('stops at the cursor when the vendor ignores newerThan on later pages', async () => {
    const { log } = vendorLog(old(40));
    const read: ReadActivities = ({ newerThan = 0, olderThan, pageSize }) => {
      const lower = olderThan === undefined ? newerThan : 0;
      const page = log
        .filter(({ id }) => id > lower && id < (olderThan ?? Infinity))
        .reverse()
        .slice(0, pageSize);
      return Promise.resolve({ ids: page.map(({ id }) => id), activities: page });
    };
    expect((await poll('{"after":20}', read)).ids).toEqual(Array.from({ length: 20 }, (_, i) => i + 21));
  });

  it('reads the newest seconds again, so that an id shown late is not missed', async () => {
    const { log, read } = vendorLog([3600, 3000, 60, 30]);
    const hidden = log[2];
    const without: ReadActivities = async (range) => {
      const page = await read(range);
      const activities = page.activities.filter((activity) => activity !== hidden);
      return { ids: activities.map(({ id }) => id), activities };
    };
    const first = await poll('{"after":1}', without);
    expect(first).toEqual({ ids: [2, 4], cursor: '{"after":2}' });
    expect((await poll(first.cursor, read)).ids).toEqual([3, 4]);
  });

  it('reads what did not fit into one poll in the next ones, newest first, and misses nothing', async () => {
    const { read } = vendorLog(old(100));
    const seen = new Set<number>();
    let cursor = '{"after":5}';
    for (let i = 0; i < 6; i += 1) {
      const page = await poll(cursor, read);
      if (i === 0) expect(page.ids).toEqual(Array.from({ length: 30 }, (_, n) => n + 71));
      page.ids.forEach((id) => seen.add(id));
      cursor = page.cursor;
    }
    expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: 95 }, (_, n) => n + 6));
    expect(cursor).toBe('{"after":100}');
  });

  it('gives a gap up where it grows too old to explain anything, and counts it', async () => {
    const ages = Array.from({ length: 200 }, (_, i) => (200 - i) * 3600);
    const dropped = new Counter();
    const first = await poll('{"after":0}', vendorLog(ages).read, dropped);
    const second = await poll(first.cursor, vendorLog(ages).read, dropped);
    expect(second.cursor).toBe('{"after":200}');
    expect(dropped.toTally()).toEqual({ 'activity.gap_too_old': 1 });
  });

  it('makes headway through a flood younger than the settling time', async () => {
    const { read } = vendorLog(Array.from({ length: 100 }, () => 1));
    const first = await poll('{"after":0}', read);
    expect(JSON.parse(first.cursor)).toEqual({ after: 71, gap: { after: 0, olderThan: 71 } });
  });

  it('fails on a vendor that repeats a page', async () => {
    const { read } = vendorLog(old(30));
    const stuck: ReadActivities = ({ pageSize }) => read({ pageSize });
    await expect(poll('{"after":0}', stuck)).rejects.toMatchObject({ kind: 'malformed' });
  });

  it('misses no activity, whatever the page size, the growth and the cursor', async () => {
    const growth = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        growth,
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 4 }),
        async (steps, pageSize, maxPages) => {
          const given = { ...limits, pageSize, maxPages };
          const seen = new Set<number>();
          let total = 0;
          let cursor = '{"after":0}';
          const pollOnce = async (): Promise<void> => {
            const page = await poll(cursor, vendorLog(old(total)).read, new Counter(), given);
            page.ids.forEach((id) => seen.add(id));
            cursor = page.cursor;
          };
          for (const step of steps) {
            total += step;
            await pollOnce();
          }
          for (let i = 0; i < 600 && seen.size < total; i += 1) await pollOnce();
          expect(seen.size).toBe(total);
        },
      ),
      { numRuns: 60 },
    );
  });
});
