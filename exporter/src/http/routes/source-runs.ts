import { toRfc3339 } from '../../domain/time.ts';
import type { FleetView } from '../../fleet/fleet-view.ts';
import type { CollectionRun, OrganizationScope } from '../../store/patch-store.ts';
import { notFound } from '../core/problem.ts';
import { type Route, type RouteSpec, route } from '../core/route.ts';
import { visibleDevices } from '../core/scope.ts';
import type { StoreReader } from '../deps.ts';
import { RunList, RunQuery, SourceParams } from '../schema/overview.ts';

export const sourceRunsSpec = {
  method: 'get',
  path: '/sources/{source}/runs',
  operationId: 'listRuns',
  tag: 'sources',
  summary: 'Recent reads of a source, newest first',
  role: 'viewer',
  params: SourceParams,
  query: RunQuery,
  responses: { 200: { description: 'Failures are kept longer than successes.', schema: RunList } },
  problems: ['not_found'],
} as const satisfies RouteSpec;

export function sourceRunsRoute(fleet: FleetView, store: Pick<StoreReader, 'recentRuns'>): Route {
  return route(sourceRunsSpec, async ({ params, query, principal }) => {
    if (!isVisible(fleet, principal.scope, params.source)) throw notFound('source');
    const runs = await store.recentRuns(params.source, query.limit);
    return { body: { items: runs.map((run) => present(run, principal.scope)) } };
  });
}

function isVisible(fleet: FleetView, scope: OrganizationScope, source: string): boolean {
  if (!fleet.sources().some(({ id }) => id === source)) return false;
  if (scope === 'all') return true;
  for (const { state } of visibleDevices(fleet, scope)) if (state.source === source) return true;
  return false;
}

function present(run: CollectionRun, scope: OrganizationScope) {
  const all = scope === 'all';
  return {
    kind: run.kind,
    startedAt: toRfc3339(run.startedAt),
    endedAt: toRfc3339(run.endedAt),
    ok: run.ok,
    reason: run.reason ?? null,
    message: all ? (run.message ?? null) : null,
    devices: all ? (run.devices ?? null) : null,
    events: all ? (run.events ?? null) : null,
    dropped: all ? { ...run.dropped } : null,
    unknownWords: all ? { ...run.unknownWords } : null,
  };
}
