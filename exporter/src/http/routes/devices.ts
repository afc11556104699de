import type { Clock } from '../../domain/time.ts';
import type { FleetView } from '../../fleet/fleet-view.ts';
import type { Cursors } from '../core/cursor.ts';
import { listDevices } from '../core/list-devices.ts';
import { type Route, type RouteSpec, route } from '../core/route.ts';
import { presentDevice } from '../present/present.ts';
import { DevicePage, DeviceQuery } from '../schema/device.ts';

export const devicesSpec = {
  method: 'get',
  path: '/devices',
  operationId: 'listDevices',
  tag: 'devices',
  summary: 'Devices by filter',
  role: 'viewer',
  query: DeviceQuery,
  responses: { 200: { description: 'One page.', schema: DevicePage } },
  problems: ['invalid_cursor'],
} as const satisfies RouteSpec;

export function devicesRoute(fleet: FleetView, cursors: Cursors, clock: Clock): Route {
  return route(devicesSpec, ({ query, principal }) => {
    const now = clock.now();
    const { views, total, nextCursor } = listDevices(fleet, principal.scope, query, cursors, now);
    return { body: { items: views.map((view) => presentDevice(view, now)), total, nextCursor } };
  });
}
