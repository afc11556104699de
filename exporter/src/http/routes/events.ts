import type { FleetView } from '../../fleet/fleet-view.ts';
import type { Cursors } from '../core/cursor.ts';
import { historyQuery, pageOf } from '../core/history.ts';
import { type Route, type RouteSpec, route } from '../core/route.ts';
import type { StoreReader } from '../deps.ts';
import { presentEvent } from '../present/present-event.ts';
import { EventPage, EventQueryParams } from '../schema/record.ts';

export const eventsSpec = {
  method: 'get',
  path: '/events',
  operationId: 'listEvents',
  tag: 'events',
  summary: 'The event log, by time of occurrence, paged by arrival',
  role: 'viewer',
  query: EventQueryParams,
  responses: { 200: { description: 'One page.', schema: EventPage } },
  problems: ['invalid_cursor'],
} as const satisfies RouteSpec;

export function eventsRoute(store: Pick<StoreReader, 'queryEvents'>, fleet: FleetView, cursors: Cursors): Route {
  return route(eventsSpec, async ({ query, principal }) => {
    const found = await store.queryEvents({
      ...historyQuery(query, 'events', cursors),
      scope: principal.scope,
      ...(query.type !== undefined && { types: query.type }),
    });
    const { rows, nextCursor } = pageOf(found, query, 'events', cursors);
    return { body: { items: rows.map((event) => presentEvent(event, fleet, principal)), nextCursor } };
  });
}
