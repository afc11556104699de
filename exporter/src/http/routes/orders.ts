import type { FleetView } from '../../fleet/fleet-view.ts';
import { type Cursors, invalidCursor } from '../core/cursor.ts';
import { type Route, type RouteSpec, route } from '../core/route.ts';
import { visibleDevice } from '../core/scope.ts';
import { presentOrder } from '../present/present-order.ts';
import { DeviceParams } from '../schema/common.ts';
import { OrderPage, OrderQueryParams } from '../schema/order.ts';

export const ordersSpec = {
  method: 'get',
  path: '/devices/{id}/orders',
  operationId: 'listOrders',
  tag: 'orders',
  summary: 'Orders given for a device, newest first',
  description: 'The newest 50. Older ones are in the event log: `GET /events?type=order.placed,order.settled`.',
  role: 'viewer',
  params: DeviceParams,
  query: OrderQueryParams,
  responses: { 200: { description: 'One page.', schema: OrderPage } },
  problems: ['not_found', 'invalid_cursor'],
} as const satisfies RouteSpec;

export function ordersRoute(fleet: FleetView, cursors: Cursors): Route {
  return route(ordersSpec, ({ params, query, principal }) => {
    const view = visibleDevice(fleet, principal.scope, params.id);
    const newestFirst = (view.state.orders ?? []).toReversed();
    const after = query.cursor === undefined ? undefined : openOrder(query.cursor, params.id, cursors);
    // One that has left the newest fifty has nothing behind it.
    const last = after === undefined ? -1 : newestFirst.findIndex(({ id }) => id === after);
    const from = after !== undefined && last === -1 ? newestFirst.length : last + 1;
    const shown = newestFirst.slice(from, from + query.limit);
    const next = from + query.limit < newestFirst.length ? shown.at(-1) : undefined;
    return {
      body: {
        items: shown.map((order) => presentOrder(order, view, principal)),
        nextCursor: next === undefined ? null : cursors.seal(['orders', params.id, next.id]),
      },
    };
  });
}

function openOrder(cursor: string, device: string, cursors: Cursors): string {
  const [kind, of, id] = cursors.open(cursor);
  if (kind !== 'orders' || of !== device || typeof id !== 'string') throw invalidCursor();
  return id;
}
