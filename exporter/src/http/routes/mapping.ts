import type { FleetView } from '../../fleet/fleet-view.ts';
import { ApiError } from '../core/problem.ts';
import { type Route, type RouteSpec, route } from '../core/route.ts';
import { visibleDevice } from '../core/scope.ts';
import type { Mappings } from '../deps.ts';
import { presentIdentity } from '../present/present.ts';
import { DeviceParams } from '../schema/common.ts';
import { MappingInput, MappingResult } from '../schema/overview.ts';

export const mappingSpec = {
  method: 'put',
  path: '/devices/{id}/mapping',
  operationId: 'mapDevice',
  tag: 'devices',
  summary: 'Tie a device to a Prometheus instance by hand',
  role: 'operator',
  params: DeviceParams,
  body: MappingInput,
  responses: { 200: { description: 'Stored and in effect.', schema: MappingResult } },
  problems: ['not_found', 'conflict'],
  audit: 'device.map',
} as const satisfies RouteSpec;

export function mappingRoute(fleet: FleetView, mappings: Mappings): Route {
  return route(mappingSpec, async ({ params, body, principal }) => {
    const { state } = visibleDevice(fleet, principal.scope, params.id);
    const { organization } = state.facts;
    const holder = body.instance === null ? undefined : fleet.byInstance(organization, body.instance);
    if (holder !== undefined && holder.state.facts.organization === organization && holder.state.key !== params.id)
      throw new ApiError('conflict', `${body.instance ?? ''} is device ${holder.state.key} already.`, {
        errors: [{ pointer: '/instance', detail: 'belongs to another device' }],
      });
    await mappings.set(params.id, body.instance);
    return {
      body: {
        device: params.id,
        identity: presentIdentity(visibleDevice(fleet, principal.scope, params.id).identity),
      },
      audit: { target: params.id, organization, detail: `instance ${body.instance ?? '(none)'}` },
    };
  });
}
