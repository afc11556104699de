import type { z } from 'zod';
import type { OrderRequest } from '../../domain/order.ts';
import { orderText } from '../../domain/order.ts';
import type { FleetView } from '../../fleet/fleet-view.ts';
import { orderProblem } from '../core/order-problem.ts';
import { ApiError } from '../core/problem.ts';
import { type AuditNote, type Route, type RouteSpec, route } from '../core/route.ts';
import { visibleDevice } from '../core/scope.ts';
import type { Orders } from '../deps.ts';
import { presentOrder } from '../present/present-order.ts';
import { DeviceParams } from '../schema/common.ts';
import { NewOrder, OrderOut } from '../schema/order.ts';

export const placeOrderSpec = {
  method: 'post',
  path: '/devices/{id}/orders',
  operationId: 'placeOrder',
  tag: 'orders',
  summary: 'Order a reboot, a script or maintenance from the source of a device',
  description:
    'Recorded before it is sent, sent once at the most. The answer comes when the source has answered, or has not in ' +
    'time; `state` says which. With the header `Idempotency-Key` a repeated request is answered with the first order.',
  role: 'operator',
  params: DeviceParams,
  body: NewOrder,
  responses: {
    201: { description: 'Placed and sent; read `state`.', schema: OrderOut },
    200: { description: 'Placed before, under this key; nothing was sent now.', schema: OrderOut },
  },
  problems: ['not_found', 'conflict', 'unprocessable', 'unavailable'],
  audit: 'device.order',
} as const satisfies RouteSpec;

const outcomes: Readonly<Record<string, AuditNote['outcome']>> = {
  refused: 'refused',
  unknown: 'failed',
  failed: 'failed',
};

export function placeOrderRoute(fleet: FleetView, orders: Orders): Route {
  return route(placeOrderSpec, async ({ params, body, principal, req }) => {
    const view = visibleDevice(fleet, principal.scope, params.id);
    const { reason } = body;
    const key = readKey(req.headers['idempotency-key']);
    const result = await orders.place(params.id, {
      request: toRequest(body),
      reason,
      owner: principal.actor,
      ...(key === undefined ? {} : { key }),
    });
    if (!result.ok) throw orderProblem(result);
    const { order } = result;
    return {
      status: result.isNew ? 201 : 200,
      body: presentOrder(order, view, principal),
      audit: {
        target: params.id,
        organization: view.state.facts.organization,
        detail: `${orderText(order.request)} (${order.id}): ${order.state}; ${reason}`.slice(0, 1000),
        outcome: outcomes[order.state] ?? 'done',
      },
    };
  });
}

function toRequest(body: z.output<typeof NewOrder>): OrderRequest {
  const { reason: _reason, ...request } = body;
  return request;
}

function readKey(header: string | readonly string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header === 'string' && /^[\x21-\x7e]{1,200}$/.test(header)) return header;
  throw new ApiError('invalid_request', 'Idempotency-Key has 1 to 200 visible ASCII characters.', {
    errors: [{ pointer: '/header/Idempotency-Key', detail: 'cannot be used' }],
  });
}
