import type { Clock } from '../../domain/time.ts';
import type { FleetView } from '../../fleet/fleet-view.ts';
import { ApiError } from '../core/problem.ts';
import { type Route, type RouteSpec, route } from '../core/route.ts';
import { visibleDevice } from '../core/scope.ts';
import { windowProblem } from '../core/window-problem.ts';
import type { Windows } from '../deps.ts';
import { presentWindow } from '../present/present.ts';
import { NewWindow, WindowList } from '../schema/record.ts';

export const openWindowSpec = {
  method: 'post',
  path: '/windows',
  operationId: 'openWindow',
  tag: 'windows',
  summary: 'Plan or open a maintenance window',
  role: 'operator',
  body: NewWindow,
  responses: { 201: { description: 'Stored; in effect from its start.', schema: WindowList } },
  problems: ['not_found', 'conflict', 'unprocessable'],
  audit: 'window.open',
} as const satisfies RouteSpec;

export function openWindowRoute(fleet: FleetView, windows: Windows, clock: Clock): Route {
  return route(openWindowSpec, async ({ body, principal }) => {
    const devices = [...new Set(body.devices)];
    const organizations = new Set(
      devices.map((id) => visibleDevice(fleet, principal.scope, id).state.facts.organization),
    );
    const [organization = '', ...others] = organizations;
    if (others.length > 0)
      throw new ApiError('unprocessable', 'A window belongs to one organization.', {
        errors: [{ pointer: '/devices', detail: 'are of more than one organization' }],
      });
    const now = clock.now();
    const start = body.start ?? now;
    if (body.end <= start || body.end <= now)
      throw new ApiError('unprocessable', 'The end has to lie after the start and in the future.', {
        errors: [{ pointer: '/end', detail: 'is not after the start and now' }],
      });
    const result = await windows.open({ devices, start, end: body.end, reason: body.reason }, principal.actor);
    if (!result.ok) throw windowProblem(result);
    return {
      status: 201,
      body: { windows: result.windows.map((window) => presentWindow(window, now, fleet)) },
      audit: { target: devices.join(' ').slice(0, 1000), organization, detail: body.reason },
    };
  });
}
