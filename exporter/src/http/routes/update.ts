import type { z } from 'zod';
import type { DevicePatch } from '../../domain/patch.ts';
import type { DeviceView, FleetView } from '../../fleet/fleet-view.ts';
import { notFound } from '../core/problem.ts';
import { type Route, type RouteSpec, route } from '../core/route.ts';
import { visibleDevices } from '../core/scope.ts';
import { type UpdateTally, addToTally, emptyTally } from '../core/update-sums.ts';
import { presentUpdate } from '../present/present-update.ts';
import { timeOrNull } from '../present/present.ts';
import { UpdateDetail, UpdateDetailQuery, UpdateParams } from '../schema/update.ts';

/** Places of one kind in an answer; a fleet has more sites than a person reads. */
const maxPlaces = 200;

export const updateSpec = {
  method: 'get',
  path: '/updates/{id}',
  operationId: 'getUpdate',
  tag: 'overview',
  summary: 'One update and where it hurts',
  description: 'The devices themselves: `GET /devices?patch=<id>&patchStatus=failed`.',
  role: 'viewer',
  params: UpdateParams,
  query: UpdateDetailQuery,
  responses: { 200: { description: 'Counts by organization, site and operating system.', schema: UpdateDetail } },
  problems: ['not_found'],
} as const satisfies RouteSpec;

export function updateRoute(fleet: FleetView): Route {
  return route(updateSpec, ({ params, query, principal }) => {
    const whole = emptyTally();
    const [organizations, sites, operatingSystems] = [new Places(), new Places(), new Places()];
    let known: DevicePatch | undefined;
    for (const view of visibleDevices(fleet, principal.scope, query.organization)) {
      const patch = view.state.facts.patches?.find(({ id }) => id === params.id);
      if (patch === undefined) continue;
      known ??= patch;
      addToTally(whole, patch);
      const { organization, site = null, os } = view.state.facts;
      organizations.add({ organization, site: null, os: null }, patch);
      sites.add({ organization, site, os: null }, patch);
      operatingSystems.add({ organization: null, site: null, os: osName(os) }, patch);
    }
    if (known === undefined) throw notFound('update');
    return {
      body: {
        ...presentUpdate(known, whole),
        organizations: organizations.present(),
        sites: sites.present(),
        operatingSystems: operatingSystems.present(),
      },
    };
  });
}

function osName(os: DeviceView['state']['facts']['os']): string | null {
  return os?.name ?? null;
}

interface Place {
  readonly organization: string | null;
  readonly site: string | null;
  readonly os: string | null;
}

class Places {
  readonly #tallies = new Map<string, { readonly place: Place; readonly tally: UpdateTally }>();

  add(place: Place, patch: DevicePatch): void {
    const key = JSON.stringify([place.organization, place.site, place.os]);
    let row = this.#tallies.get(key);
    if (row === undefined) this.#tallies.set(key, (row = { place, tally: emptyTally() }));
    addToTally(row.tally, patch);
  }

  present(): z.input<typeof UpdateDetail>['organizations'] {
    const rows = [...this.#tallies.entries()]
      .sort(([a, left], [b, right]) => right.tally.openDevices - left.tally.openDevices || (a < b ? -1 : 1))
      .map(
        ([
          ,
          {
            place,
            tally: { openDevices, devices, oldestFirstSeenAt },
          },
        ]) => ({
          ...place,
          openDevices,
          devices,
          oldestFirstSeenAt: timeOrNull(oldestFirstSeenAt),
        }),
      );
    return { rows: rows.slice(0, maxPlaces), more: Math.max(0, rows.length - maxPlaces) };
  }
}
