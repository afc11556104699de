import type { Clock, UnixSeconds } from '../../domain/time.ts';
import type { DeviceView, FleetView } from '../../fleet/fleet-view.ts';
import type { Cursors } from '../core/cursor.ts';
import { createFilter, listDevices } from '../core/list-devices.ts';
import { type Route, type RouteSpec, route } from '../core/route.ts';
import { visibleDevices } from '../core/scope.ts';
import { sendCsv } from '../core/send-csv.ts';
import { deviceCsvCells, deviceCsvHeader } from '../present/device-csv.ts';
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
  responses: { 200: { description: 'One page.', schema: DevicePage, alsoAs: 'text/csv' } },
  problems: ['invalid_cursor'],
} as const satisfies RouteSpec;

export function devicesRoute(fleet: FleetView, cursors: Cursors, clock: Clock): Route {
  return route(devicesSpec, async ({ query, principal, res }) => {
    const now = clock.now();
    if (query.format === 'csv') {
      const devices = visibleDevices(fleet, principal.scope, query.organization);
      await sendCsv(res, 'patchhaven-devices.csv', deviceCsvHeader, csvRows(devices, createFilter(query, now), now));
      return { body: undefined };
    }
    const { views, total, nextCursor } = await listDevices(fleet, principal.scope, query, cursors, now);
    return { body: { items: views.map((view) => presentDevice(view, now)), total, nextCursor } };
  });
}

function* csvRows(devices: Iterable<DeviceView>, fits: (view: DeviceView) => boolean, now: UnixSeconds) {
  for (const view of devices) yield fits(view) ? deviceCsvCells(view, now) : undefined;
}
