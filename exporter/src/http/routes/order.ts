import type { FleetView } from '../../fleet/fleet-view.ts';
import { notFound } from '../core/problem.ts';
import { type Route, type RouteSpec, route } from '../core/route.ts';
import { visibleDevice } from '../core/scope.ts';
import { presentOrder } from '../present/present-order.ts';
import { OrderOut, OrderParams } from '../schema/order.ts';

export const orderSpec = {
  method: 'get',
  path: '/devices/{id}/orders/{order}',
  operationId: 'getOrder',
  tag: 'orders',
  summary: 'One order and what became of it',
  role: 'viewer',
  params: OrderParams,
  responses: { 200: { description: 'The order.', schema: OrderOut } },
  problems: ['not_found'],
} as const satisfies RouteSpec;

export function orderRoute(fleet: FleetView): Route {
  return route(orderSpec, ({ params, principal }) => {
    const view = visibleDevice(fleet, principal.scope, params.id);
    const order = view.state.orders?.find(({ id }) => id === params.order);
    if (order === undefined) throw notFound('order');
    return { body: presentOrder(order, view, principal) };
  });
}
