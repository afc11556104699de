import type { Clock } from '../../domain/time.ts';
import type { FleetView } from '../../fleet/fleet-view.ts';
import { type Cursors, invalidCursor } from '../core/cursor.ts';
import { type Route, type RouteSpec, route } from '../core/route.ts';
import type { StoreReader } from '../deps.ts';
import { presentWindow } from '../present/present.ts';
import { WindowPage, WindowQueryParams } from '../schema/record.ts';

export const windowsSpec = {
  method: 'get',
  path: '/windows',
  operationId: 'listWindows',
  tag: 'windows',
  summary: 'Quiet and maintenance windows, newest first',
  role: 'viewer',
  query: WindowQueryParams,
  responses: { 200: { description: 'One page.', schema: WindowPage } },
  problems: ['invalid_cursor'],
} as const satisfies RouteSpec;

export function windowsRoute(
  store: Pick<StoreReader, 'queryWindows'>,
  fleet: FleetView,
  cursors: Cursors,
  clock: Clock,
): Route {
  return route(windowsSpec, async ({ query, principal }) => {
    const { cursor, limit, kind, open, organization, device, from, to } = query;
    const found = await store.queryWindows({
      scope: principal.scope,
      limit: limit + 1,
      ...(kind !== undefined && { kind }),
      ...(open !== undefined && { open }),
      ...(organization !== undefined && { organization }),
      ...(device !== undefined && { device }),
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
      ...(cursor !== undefined && { before: openPosition(cursor, cursors) }),
    });
    const shown = found.slice(0, limit);
    const last = found.length > limit ? shown.at(-1) : undefined;
    return {
      body: {
        items: shown.map((window) => presentWindow(window, clock.now(), fleet)),
        nextCursor: last === undefined ? null : cursors.seal(['windows', last.openedAt, last.id]),
      },
    };
  });
}

function openPosition(cursor: string, cursors: Cursors): { readonly openedAt: number; readonly id: string } {
  const [kind, openedAt, id] = cursors.open(cursor);
  if (kind !== 'windows' || typeof openedAt !== 'number' || typeof id !== 'string') throw invalidCursor();
  return { openedAt, id };
}
