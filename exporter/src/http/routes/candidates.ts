import type { DeviceView, FleetView } from '../../fleet/fleet-view.ts';
import { type Route, type RouteSpec, route } from '../core/route.ts';
import { visibleDevice } from '../core/scope.ts';
import type { Mappings } from '../deps.ts';
import { DeviceParams } from '../schema/common.ts';
import { CandidateList } from '../schema/overview.ts';

/** A person picks from a list, not from a whole Prometheus; more is told as a number. */
const maxCandidates = 50;

export const candidatesSpec = {
  method: 'get',
  path: '/devices/{id}/candidates',
  operationId: 'listCandidates',
  tag: 'devices',
  summary: 'Instances a device could be tied to by hand, likely ones first',
  description:
    'What Prometheus scrapes in the organization of the device. Where its targets carry no organization, only callers that may see every organization get a list.',
  role: 'viewer',
  params: DeviceParams,
  responses: { 200: { description: 'Likely ones first.', schema: CandidateList } },
  problems: ['not_found'],
} as const satisfies RouteSpec;

export function candidatesRoute(fleet: FleetView, mappings: Mappings): Route {
  return route(candidatesSpec, ({ params, principal }) => {
    const view = visibleDevice(fleet, principal.scope, params.id);
    const { candidates, perOrganization } = mappings.candidates(params.id);
    if (!perOrganization && principal.scope !== 'all') return { body: { items: [], more: 0 } };
    const items = candidates.slice(0, maxCandidates).map(({ instance, because }) => ({
      instance,
      because,
      device: holderOf(fleet, view, instance, principal.scope === 'all'),
    }));
    return { body: { items, more: candidates.length - items.length } };
  });
}

/** Another device that has the instance already; one of another organization is named to nobody else. */
function holderOf(fleet: FleetView, { state }: DeviceView, instance: string, seesAll: boolean): string | null {
  const holder = fleet.byInstance(state.facts.organization, instance)?.state;
  if (holder === undefined || holder.key === state.key) return null;
  return seesAll || holder.facts.organization === state.facts.organization ? holder.key : null;
}
