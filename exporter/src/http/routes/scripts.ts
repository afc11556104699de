import { ConnectorError } from '../../domain/errors.ts';
import type { FleetView } from '../../fleet/fleet-view.ts';
import { ApiError } from '../core/problem.ts';
import { type Route, type RouteSpec, route } from '../core/route.ts';
import { visibleDevice } from '../core/scope.ts';
import type { Orders } from '../deps.ts';
import { DeviceParams } from '../schema/common.ts';
import { ScriptList } from '../schema/order.ts';

export const scriptsSpec = {
  method: 'get',
  path: '/devices/{id}/scripts',
  operationId: 'listScripts',
  tag: 'orders',
  summary: 'What can be run on a device, as its source says now',
  role: 'operator',
  params: DeviceParams,
  responses: { 200: { description: 'All of them.', schema: ScriptList } },
  problems: ['not_found', 'conflict', 'unavailable'],
} as const satisfies RouteSpec;

export function scriptsRoute(fleet: FleetView, orders: Orders): Route {
  return route(scriptsSpec, async ({ params, principal }) => {
    const { state } = visibleDevice(fleet, principal.scope, params.id);
    const scripts = await orders.scripts(params.id).catch((error: unknown) => {
      if (!(error instanceof ConnectorError)) throw error;
      throw new ApiError('unavailable', `Source ${state.source} cannot say now: ${error.message}.`, { cause: error });
    });
    if (scripts === undefined)
      throw new ApiError('conflict', `Source ${state.source} takes no orders, or has no list of scripts.`);
    return { body: { items: scripts.map(({ id, name, language }) => ({ id, name, language: language ?? null })) } };
  });
}
