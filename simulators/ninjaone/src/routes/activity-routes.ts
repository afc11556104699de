import type { Request, Router } from 'express';
import { z } from 'zod';
import type { SimulatorContext } from '../context.ts';
import { deviceMatcher } from '../context.ts';
import { date, integer, parse, text, words } from '../params.ts';
import type { Activity } from '../wire.ts';
import { pathDevice } from './request.ts';

const DEFAULT_PAGE_SIZE = 200;

const common = {
  olderThan: integer(),
  newerThan: integer(),
  status: words(),
  seriesUid: text(),
  pageSize: integer(10, 1_000),
  lang: text(),
  tz: text(),
};

const FleetQuery = z.strictObject({
  ...common,
  class: z.enum(['SYSTEM', 'DEVICE', 'USER', 'ALL']).optional(),
  before: date(),
  after: date(),
  type: words(),
  user: text(),
  df: text(),
  sourceConfigUid: text(),
});

/** The type parameter has another name here than on the fleet's list. */
const DeviceQuery = z.strictObject({ ...common, activityType: words() });

interface Limits {
  readonly olderThan?: number | undefined;
  readonly newerThan?: number | undefined;
  readonly pageSize?: number | undefined;
}

/** Activities page by activity id in both directions, newest first. */
export function addActivityRoutes(router: Router, context: SimulatorContext): void {
  router.get('/activities', (request, response) => {
    const query = parse(FleetQuery, request.query, 'query parameter');
    const ofDevice = query.df === undefined ? undefined : deviceMatcher(context, query.df);
    response.json(
      page(context, request, query, (activity) => {
        if (!hasAny(query.type, activity.activityType) || !hasAny(query.status, activity.statusCode)) return false;
        if (query.seriesUid !== undefined && query.seriesUid !== activity.seriesUid) return false;
        if (!inClass(query.class, activity)) return false;
        if (activity.activityTime < (query.after ?? -Infinity) || activity.activityTime >= (query.before ?? Infinity))
          return false;
        if (ofDevice === undefined) return true;
        const device = activity.deviceId === undefined ? undefined : context.fleet.find(activity.deviceId);
        return device !== undefined && ofDevice(device);
      }),
    );
  });

  router.get('/device/:id/activities', (request, response) => {
    const query = parse(DeviceQuery, request.query, 'query parameter');
    const { id } = pathDevice(context, request);
    response.json(
      page(context, request, query, (activity) => {
        if (activity.deviceId !== id || !hasAny(query.activityType, activity.activityType)) return false;
        if (query.seriesUid !== undefined && query.seriesUid !== activity.seriesUid) return false;
        return hasAny(query.status, activity.statusCode);
      }),
    );
  });
}

function page(
  { log, faults }: SimulatorContext,
  request: Request,
  limits: Limits,
  matches: (activity: Activity) => boolean,
) {
  const { newerThan, pageSize = DEFAULT_PAGE_SIZE } = limits;
  const endless = limits.olderThan !== undefined && faults.take('paging-loop', request.path) !== undefined;
  const repeats = limits.olderThan !== undefined && faults.take('duplicate-rows', request.path) !== undefined;
  const olderThan = repeats && limits.olderThan !== undefined ? limits.olderThan + 1 : limits.olderThan;
  const activities = log.list({ matches, newerThan, olderThan: endless ? undefined : olderThan, pageSize });
  return { lastActivityId: log.lastId, activities };
}

const hasAny = (wanted: ReadonlySet<string> | undefined, value: string): boolean => wanted?.has(value) ?? true;

function inClass(wanted: 'SYSTEM' | 'DEVICE' | 'USER' | 'ALL' | undefined, { deviceId }: Activity): boolean {
  if (wanted === undefined || wanted === 'ALL') return true;
  return wanted === (deviceId === undefined ? 'SYSTEM' : 'DEVICE');
}
