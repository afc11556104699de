import { toRfc3339, type Clock } from '../../domain/time.ts';
import type { DeviceView, FleetView } from '../../fleet/fleet-view.ts';
import { matchesDevice } from '../../identity/groups.ts';
import { nextOccurrences } from '../../schedule/recurrence.ts';
import { type Route, type RouteSpec, route } from '../core/route.ts';
import { visibleDevices } from '../core/scope.ts';
import { ScheduleList } from '../schema/overview.ts';
import type { HttpSettings, ScheduleSettings } from '../settings.ts';

export const schedulesSpec = {
  method: 'get',
  path: '/schedules',
  operationId: 'listSchedules',
  tag: 'overview',
  summary: 'Recurring maintenance and when it takes place next',
  role: 'viewer',
  responses: { 200: { description: 'Schedules of devices the caller may see.', schema: ScheduleList } },
} as const satisfies RouteSpec;

const shownOccurrences = 5;

export function schedulesRoute(fleet: FleetView, settings: () => HttpSettings, clock: Clock): Route {
  return route(schedulesSpec, ({ principal }) => {
    const views = [...visibleDevices(fleet, principal.scope)];
    const items = settings()
      .schedules.map((schedule) => present(schedule, views, clock))
      .filter(({ devices }) => principal.scope === 'all' || devices > 0);
    return { body: { items } };
  });
}

function present({ name, reason, match, recurrence }: ScheduleSettings, views: readonly DeviceView[], clock: Clock) {
  const { rule, offsetDays, at, timeZone, durationSeconds } = recurrence;
  return {
    name,
    reason,
    rule,
    offsetDays,
    at,
    timeZone,
    durationSeconds,
    devices: views.filter(({ state }) => matchesDevice(state.source, state.facts, match)).length,
    next: nextOccurrences(recurrence, clock.now(), shownOccurrences).map(({ start, end }) => ({
      start: toRfc3339(start),
      end: toRfc3339(end),
    })),
  };
}
