import type { DeviceView, FleetView } from '../../fleet/fleet-view.ts';
import { matchesDevice } from '../../identity/groups.ts';
import { type Route, type RouteSpec, route } from '../core/route.ts';
import { visibleDevices } from '../core/scope.ts';
import { CheckList } from '../schema/overview.ts';
import type { CheckSettings, HttpSettings } from '../settings.ts';

export const checksSpec = {
  method: 'get',
  path: '/checks',
  operationId: 'listChecks',
  tag: 'overview',
  summary: 'Health checks and what they last said',
  role: 'viewer',
  responses: { 200: { description: 'Checks of devices the caller may see.', schema: CheckList } },
} as const satisfies RouteSpec;

export function checksRoute(fleet: FleetView, settings: () => HttpSettings): Route {
  return route(checksSpec, ({ principal }) => {
    const views = [...visibleDevices(fleet, principal.scope)];
    const all = principal.scope === 'all';
    const items = settings()
      .checks.map((check) => summarize(check, views, all))
      .filter(({ devices }) => all || devices > 0);
    return { body: { items } };
  });
}

/** A query may name anyone's devices, so only who may see everyone reads it. */
function summarize(check: CheckSettings, views: readonly DeviceView[], all: boolean) {
  const mine = views.filter((view) => appliesTo(check, view));
  const last = mine.flatMap(
    ({ quiet }) => quiet?.verification?.checks.find((result) => result.check === check.name) ?? [],
  );
  const lastPassed = last.filter(({ result }) => result === 'passed').length;
  return {
    name: check.name,
    description: check.description,
    query: all && 'query' in check.question ? check.question.query : null,
    services: 'services' in check.question ? check.question.services : null,
    rmm: 'rmm' in check.question ? check.question.rmm : null,
    onlyIfRunningBefore: check.onlyIfRunningBefore,
    devices: mine.length,
    lastPassed,
    lastFailed: last.length - lastPassed,
  };
}

function appliesTo({ match }: CheckSettings, { state, identity }: DeviceView): boolean {
  const instance = identity.status === 'matched' ? identity.instance : undefined;
  return matchesDevice(state.source, state.facts, match, instance);
}
