import type { Clock } from '../../domain/time.ts';
import type { FleetView } from '../../fleet/fleet-view.ts';
import { type Route, type RouteSpec, route } from '../core/route.ts';
import { visibleDevice } from '../core/scope.ts';
import { presentDeviceDetail } from '../present/present.ts';
import { DeviceParams } from '../schema/common.ts';
import { DeviceDetail } from '../schema/device.ts';

export const deviceSpec = {
  method: 'get',
  path: '/devices/{id}',
  operationId: 'getDevice',
  tag: 'devices',
  summary: 'One device with its updates',
  role: 'viewer',
  params: DeviceParams,
  responses: { 200: { description: 'The device.', schema: DeviceDetail } },
  problems: ['not_found'],
} as const satisfies RouteSpec;

export function deviceRoute(fleet: FleetView, clock: Clock): Route {
  return route(deviceSpec, ({ params, principal }) => ({
    body: presentDeviceDetail(visibleDevice(fleet, principal.scope, params.id), clock.now()),
  }));
}
