import { z } from 'zod';
import { ConnectorError } from '../../domain/errors.ts';
import type { UnixSeconds } from '../../domain/time.ts';
import type { Counter } from '../tally.ts';
import { fromEpoch } from '../vendor-time.ts';
import type { Activity } from './api-schema.ts';
import type { ActivityBatch } from './client.ts';

/**
 * Where the feed stands. Everything up to `after` has been read, except the ids between the ends of `gap`, which were
 * too many for one poll and are read backwards by the next ones.
 */
const FeedCursor = z.strictObject({
  after: z.int().nonnegative(),
  gap: z.strictObject({ after: z.int().nonnegative(), olderThan: z.int().nonnegative() }).optional(),
});
type FeedCursor = z.infer<typeof FeedCursor>;

export interface FeedLimits {
  readonly pageSize: number;
  /** Pages one poll may ask for. */
  readonly maxPages: number;
  /** The vendor may show an activity later than its id suggests: the newest seconds are read again by every poll. */
  readonly settleSeconds: number;
  /** A gap is not followed past activities of this age: they explain no outage any more. */
  readonly maxAgeSeconds: number;
}

export const defaultFeedLimits: FeedLimits = {
  pageSize: 1000,
  maxPages: 20,
  settleSeconds: 120,
  maxAgeSeconds: 24 * 3600,
};

export type ReadActivities = (range: {
  newerThan?: number;
  olderThan?: number;
  pageSize: number;
}) => Promise<ActivityBatch>;

export interface FeedPage {
  readonly activities: readonly Activity[];
  readonly cursor: string;
}

/**
 * Reads activities newer than the cursor, oldest first, each id once per call and possibly again in the next call (the store drops
 * duplicates). Without a cursor, or with one nobody can read, it starts at the newest and returns nothing.
 */
export async function readFeed(
  cursor: string | undefined,
  read: ReadActivities,
  now: UnixSeconds,
  dropped: Counter,
  limits: FeedLimits = defaultFeedLimits,
): Promise<FeedPage> {
  const known = cursor === undefined ? undefined : parseCursor(cursor);
  if (known === undefined) {
    if (cursor !== undefined) dropped.add('activity.cursor_unreadable');
    return { activities: [], cursor: JSON.stringify({ after: await newestId(read) }) };
  }
  const head = await walkBack(read, known.after, undefined, limits.maxPages, limits);
  const gap = head.reached
    ? known.gap
    : { after: Math.min(known.after, known.gap?.after ?? known.after), olderThan: head.lowest ?? known.after };
  const tail =
    head.reached && known.gap !== undefined
      ? await fillGap(read, known.gap, Math.max(1, limits.maxPages - head.pages), now, dropped, limits)
      : undefined;
  const left = tail === undefined ? gap : tail.gap;
  const after = settledId(head.activities, now - limits.settleSeconds) ?? (head.reached ? undefined : head.lowest);
  const next: FeedCursor = {
    after: Math.max(known.after, after ?? 0),
    ...(left === undefined ? {} : { gap: left }),
  };
  return { activities: unique([...head.activities, ...(tail?.activities ?? [])]), cursor: JSON.stringify(next) };
}

function parseCursor(cursor: string): FeedCursor | undefined {
  try {
    return FeedCursor.parse(JSON.parse(cursor));
  } catch {
    return undefined;
  }
}

const smallestPage = 10;

async function newestId(read: ReadActivities): Promise<number> {
  const { ids, lastActivityId } = await read({ pageSize: smallestPage });
  return ids.length > 0 ? Math.max(...ids) : (lastActivityId ?? 0);
}

interface Walk {
  readonly activities: readonly Activity[];
  readonly pages: number;
  /** False: the page limit came first. */
  readonly reached: boolean;
  /** Lowest id read. */
  readonly lowest: number | undefined;
}

async function walkBack(
  read: ReadActivities,
  newerThan: number,
  olderThan: number | undefined,
  maxPages: number,
  { pageSize }: FeedLimits,
): Promise<Walk> {
  const activities: Activity[] = [];
  let below = olderThan;
  for (let pages = 1; pages <= maxPages; pages += 1) {
    const page = await read({ newerThan, ...(below === undefined ? {} : { olderThan: below }), pageSize });
    const limit = below ?? Infinity;
    const ids = page.ids.filter((id) => id > newerThan && id < limit);
    activities.push(...page.activities.filter(({ id }) => id > newerThan && id < limit));
    const metTheStart = page.ids.some((id) => id <= newerThan);
    if (page.ids.length === 0 || metTheStart) return { activities, pages, reached: true, lowest: below };
    if (ids.length === 0)
      throw new ConnectorError('malformed', 'paging does not end: the same activities came twice', {
        path: '/v2/activities',
      });
    below = ids.reduce((a, b) => Math.min(a, b));
  }
  return { activities, pages: maxPages, reached: false, lowest: below };
}

async function fillGap(
  read: ReadActivities,
  gap: NonNullable<FeedCursor['gap']>,
  maxPages: number,
  now: UnixSeconds,
  dropped: Counter,
  limits: FeedLimits,
): Promise<{ readonly activities: readonly Activity[]; readonly gap: FeedCursor['gap'] }> {
  const walk = await walkBack(read, gap.after, gap.olderThan, maxPages, limits);
  if (walk.reached) return { activities: walk.activities, gap: undefined };
  const times = walk.activities.map(({ activityTime }) => fromEpoch(activityTime)).filter((at) => at !== undefined);
  if (times.length > 0 && Math.min(...times) < now - limits.maxAgeSeconds) {
    dropped.add('activity.gap_too_old');
    return { activities: walk.activities, gap: undefined };
  }
  return { activities: walk.activities, gap: { after: gap.after, olderThan: walk.lowest ?? gap.olderThan } };
}

/** The highest id that is old enough for everything below it to have shown up. */
function settledId(activities: readonly Activity[], before: UnixSeconds): number | undefined {
  const settled = activities.filter(({ activityTime }) => (fromEpoch(activityTime) ?? Infinity) <= before);
  return settled.length === 0 ? undefined : settled.reduce((highest, { id }) => Math.max(highest, id), 0);
}

/** Oldest first, as it happened. */
function unique(activities: readonly Activity[]): readonly Activity[] {
  return [...new Map(activities.map((activity) => [activity.id, activity])).values()].sort((a, b) => a.id - b.id);
}
