import type { FleetView } from '../../fleet/fleet-view.ts';
import { type Route, type RouteSpec, route } from '../core/route.ts';
import { visibleDevices } from '../core/scope.ts';
import { TargetGroups, TargetQuery } from '../schema/overview.ts';
import type { HttpSettings } from '../settings.ts';

export const sdSpec = {
  method: 'get',
  path: '/sd/http',
  operationId: 'discoverTargets',
  tag: 'sources',
  summary: 'The fleet as Prometheus HTTP service discovery',
  description: 'Matched devices only. Labels beyond the organization are `__meta_patchhaven_*`, for relabelling.',
  role: 'viewer',
  query: TargetQuery,
  responses: { 200: { description: 'Target groups.', schema: TargetGroups } },
} as const satisfies RouteSpec;

export function sdRoute(fleet: FleetView, settings: () => HttpSettings): Route {
  return route(sdSpec, ({ query, principal }) => {
    const label = settings().organizationLabel;
    const groups = [];
    for (const { state, identity } of visibleDevices(fleet, principal.scope, query.organization)) {
      if (state.removed || identity.status !== 'matched') continue;
      const { organization, site, groups: names, os, displayName } = state.facts;
      groups.push({
        targets: [identity.instance],
        labels: {
          ...(label !== null && { [label]: organization }),
          __meta_patchhaven_organization: organization,
          __meta_patchhaven_device: state.key,
          __meta_patchhaven_name: displayName,
          __meta_patchhaven_source: state.source,
          __meta_patchhaven_site: site ?? '',
          // Commas on both ends, as Prometheus' own discoveries write lists: `,Test,` matches one name exactly.
          __meta_patchhaven_groups: names.length === 0 ? '' : `,${names.join(',')},`,
          __meta_patchhaven_os: os?.name ?? '',
          __meta_patchhaven_os_family: os?.family ?? '',
        },
      });
    }
    return { body: groups };
  });
}
