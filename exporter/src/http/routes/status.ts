import { type Clock, toRfc3339 } from '../../domain/time.ts';
import { type PrometheusTrouble, troubleText } from '../../domain/prometheus-trouble.ts';
import { type Route, type RouteSpec, route } from '../core/route.ts';
import type { WatcherHealth } from '../deps.ts';
import { timeOrNull } from '../present/present.ts';
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

export function statusRoute(version: string, clock: Clock, watcher: () => WatcherHealth): Route {
  return route(statusSpec, ({ principal }) => ({
    body: {
      version,
      now: toRfc3339(clock.now()),
      watcher: {
        lastSuccessAt: timeOrNull(watcher().lastSuccessAt),
        intervalSeconds: watcher().intervalSeconds,
      },
      prometheus: watcher().troubles.map((trouble) => presentTrouble(trouble, principal.scope === 'all')),
      caller: {
        actor: principal.actor,
        role: principal.role,
        tokenRole: principal.tokenRole,
        organizations: principal.scope,
      },
    },
  }));
}

/** The name and the words of a server may tell of other organizations. */
function presentTrouble(trouble: PrometheusTrouble, seesAll: boolean) {
  const { use, reason, since } = trouble;
  const own = seesAll ? { server: trouble.server, message: trouble.message } : { server: null, message: null };
  return { ...own, use, reason, text: troubleText(trouble, own.server ?? undefined), since: toRfc3339(since) };
}
