import { toRfc3339 } from '../../domain/time.ts';
import type { DeviceView, FleetView, SourceStatus } from '../../fleet/fleet-view.ts';
import type { OrganizationScope } from '../../store/patch-store.ts';
import { type Route, type RouteSpec, route } from '../core/route.ts';
import { visibleDevices } from '../core/scope.ts';
import { timeOrNull } from '../present/present.ts';
import { SourceList } from '../schema/overview.ts';

export const sourcesSpec = {
  method: 'get',
  path: '/sources',
  operationId: 'listSources',
  tag: 'sources',
  summary: 'Where the data comes from and how fresh it is',
  description: 'Unmatched and ambiguous devices themselves: `GET /devices?source=<id>&identity=unmatched,ambiguous`.',
  role: 'viewer',
  responses: { 200: { description: 'All sources with devices the caller may see.', schema: SourceList } },
} as const satisfies RouteSpec;

export function sourcesRoute(fleet: FleetView): Route {
  return route(sourcesSpec, ({ principal }) => {
    const counts = countBySource(visibleDevices(fleet, principal.scope));
    const visible = fleet.sources().filter(({ id }) => principal.scope === 'all' || counts.has(id));
    return { body: { items: visible.map((source) => present(source, counts.get(source.id), principal.scope)) } };
  });
}

interface Counts {
  devices: number;
  unmatched: number;
  ambiguous: number;
}

function countBySource(views: Iterable<DeviceView>): ReadonlyMap<string, Counts> {
  const counts = new Map<string, Counts>();
  for (const { state, identity } of views) {
    const count = counts.get(state.source) ?? { devices: 0, unmatched: 0, ambiguous: 0 };
    counts.set(state.source, count);
    count.devices += 1;
    if (identity.status !== 'matched') count[identity.status] += 1;
  }
  return counts;
}

/** A source may serve many organizations: its counts are the caller's own, and its words may name anyone. */
function present(source: SourceStatus, counts: Counts | undefined, scope: OrganizationScope) {
  return {
    id: source.id,
    type: source.type,
    up: source.up ?? null,
    lastSuccessAt: timeOrNull(source.lastSuccessAt),
    lastAttemptAt: timeOrNull(source.lastAttemptAt),
    lastErrorKind: source.lastErrorKind ?? null,
    lastErrorMessage: scope === 'all' ? (source.lastErrorMessage ?? null) : null,
    ...(counts ?? { devices: 0, unmatched: 0, ambiguous: 0 }),
    intervalSeconds: source.intervalSeconds,
    reading: presentReading(source.reading, scope),
    capabilities: source.capabilities,
  };
}

function presentReading(reading: SourceStatus['reading'], scope: OrganizationScope) {
  if (reading === undefined) return null;
  const { what, count, since } = reading;
  return { since: toRfc3339(since), ...(scope === 'all' ? { what, count } : { what: null, count: null }) };
}
