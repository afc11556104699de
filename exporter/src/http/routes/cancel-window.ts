import type { Clock } from '../../domain/time.ts';
import type { FleetView } from '../../fleet/fleet-view.ts';
import { notFound } from '../core/problem.ts';
import { type Route, type RouteSpec, route } from '../core/route.ts';
import { inScope } from '../core/scope.ts';
import { windowProblem } from '../core/window-problem.ts';
import type { StoreReader, Windows } from '../deps.ts';
import { presentWindow } from '../present/present.ts';
import { CancelWindow, WindowList, WindowParams } from '../schema/record.ts';

export const cancelWindowSpec = {
  method: 'delete',
  path: '/windows/{id}',
  operationId: 'cancelWindow',
  tag: 'windows',
  summary: 'End a window now: alerts flow again',
  role: 'operator',
  params: WindowParams,
  body: CancelWindow,
  responses: { 200: { description: 'Closed.', schema: WindowList } },
  problems: ['not_found', 'conflict'],
  audit: 'window.cancel',
} as const satisfies RouteSpec;

export function cancelWindowRoute(
  store: Pick<StoreReader, 'readWindow'>,
  fleet: FleetView,
  windows: Windows,
  clock: Clock,
): Route {
  return route(cancelWindowSpec, async ({ params, body, principal }) => {
    const window = await store.readWindow(params.id);
    if (window === undefined || !inScope(principal.scope, window.organization)) throw notFound('window');
    const result = await windows.cancel(params.id, body.reason, principal.actor);
    if (!result.ok) throw windowProblem(result);
    return {
      body: { windows: result.windows.map((closed) => presentWindow(closed, clock.now(), fleet)) },
      audit: { target: params.id, organization: window.organization, detail: body.reason },
    };
  });
}
