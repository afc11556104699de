import { type Clock, toRfc3339 } from '../../domain/time.ts';
import { type Route, type RouteSpec, route } from '../core/route.ts';
import { ApiStatus } from '../schema/status.ts';

export const statusSpec = {
  method: 'get',
  path: '/status',
  operationId: 'getStatus',
  tag: 'overview',
  summary: 'Version, clock, and who the caller is taken for',
  role: 'viewer',
  responses: { 200: { description: 'For clients that check their own settings.', schema: ApiStatus } },
} as const satisfies RouteSpec;

export function statusRoute(version: string, clock: Clock): Route {
  return route(statusSpec, ({ principal }) => ({
    body: {
      version,
      now: toRfc3339(clock.now()),
      caller: {
        actor: principal.actor,
        role: principal.role,
        tokenRole: principal.tokenRole,
        organizations: principal.scope,
      },
    },
  }));
}
