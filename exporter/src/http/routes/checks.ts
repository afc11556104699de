import type { DeviceView, FleetView } from '../../fleet/fleet-view.ts';
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
    query: all ? check.query : null,
    devices: mine.length,
    lastPassed,
    lastFailed: last.length - lastPassed,
  };
}

/** Alternatives within a list; every list that is not empty has to fit. */
export function appliesTo(check: CheckSettings, { state, identity }: DeviceView): boolean {
  const { groups, os } = state.facts;
  const names = [state.key, ...(identity.status === 'matched' ? [identity.instance] : [])];
  const fits = (wanted: readonly string[], has: readonly string[]): boolean =>
    wanted.length === 0 || wanted.some((word) => has.includes(word));
  return (
    fits(check.groups, groups) && fits(check.devices, names) && fits(check.os, os === undefined ? [] : [os.family])
  );
}
