import type { z } from 'zod';
import { openStatuses } from '../../domain/patch.ts';
import type { DevicePatch } from '../../domain/patch.ts';
import type { DeviceView, FleetView } from '../../fleet/fleet-view.ts';
import { type Cursors, invalidCursor } from '../core/cursor.ts';
import { type Route, type RouteSpec, route } from '../core/route.ts';
import { visibleDevices } from '../core/scope.ts';
import { timeOrNull } from '../present/present.ts';
import { UpdatePage, UpdateQuery } from '../schema/overview.ts';

export const updatesSpec = {
  method: 'get',
  path: '/updates',
  operationId: 'listUpdates',
  tag: 'overview',
  summary: 'Updates by how many devices still need them',
  role: 'viewer',
  query: UpdateQuery,
  responses: { 200: { description: 'One page.', schema: UpdatePage } },
  problems: ['invalid_cursor'],
} as const satisfies RouteSpec;

export function updatesRoute(fleet: FleetView, cursors: Cursors): Route {
  return route(updatesSpec, ({ query, principal }) => {
    const needle = query.text?.toLowerCase();
    const rows = [...sumUpdates(visibleDevices(fleet, principal.scope, query.organization)).values()]
      .filter(({ patch, openDevices }) => {
        if (query.open === 'true' && openDevices === 0) return false;
        if (query.severity !== undefined && patch.severity !== query.severity) return false;
        return needle === undefined || `${patch.id} ${patch.title}`.toLowerCase().includes(needle);
      })
      .sort(compare);
    const after = query.cursor === undefined ? undefined : openPosition(query.cursor, cursors);
    const rest = after === undefined ? rows : rows.filter((row) => compare(after, row) < 0);
    const shown = rest.slice(0, query.limit);
    const last = rest.length > query.limit ? shown.at(-1) : undefined;
    const nextCursor = last === undefined ? null : cursors.seal(['updates', last.openDevices, last.patch.id]);
    return { body: { items: shown.map(present), nextCursor } };
  });
}

interface UpdateSum {
  readonly patch: DevicePatch;
  readonly devices: Partial<Record<DevicePatch['status'], number>>;
  openDevices: number;
  oldestFirstSeenAt: number | undefined;
}

function sumUpdates(views: Iterable<DeviceView>): ReadonlyMap<string, UpdateSum> {
  const sums = new Map<string, UpdateSum>();
  for (const { state } of views)
    for (const patch of state.facts.patches ?? []) {
      let sum = sums.get(patch.id);
      if (sum === undefined) {
        sum = { patch, devices: {}, openDevices: 0, oldestFirstSeenAt: undefined };
        sums.set(patch.id, sum);
      }
      sum.devices[patch.status] = (sum.devices[patch.status] ?? 0) + 1;
      if (!openStatuses.has(patch.status)) continue;
      sum.openDevices += 1;
      if (patch.firstSeenAt !== undefined)
        sum.oldestFirstSeenAt = Math.min(sum.oldestFirstSeenAt ?? Infinity, patch.firstSeenAt);
    }
  return sums;
}

interface Position {
  readonly openDevices: number;
  readonly patch: { readonly id: string };
}

function compare(a: Position, b: Position): number {
  return b.openDevices - a.openDevices || (a.patch.id < b.patch.id ? -1 : a.patch.id > b.patch.id ? 1 : 0);
}

function openPosition(cursor: string, cursors: Cursors): Position {
  const [kind, openDevices, id] = cursors.open(cursor);
  if (kind !== 'updates' || typeof openDevices !== 'number' || typeof id !== 'string') throw invalidCursor();
  return { openDevices, patch: { id } };
}

function present(sum: UpdateSum): z.input<typeof UpdatePage>['items'][number] {
  const { id, title, severity, kind } = sum.patch;
  const oldestFirstSeenAt = timeOrNull(sum.oldestFirstSeenAt);
  return { id, title, severity, kind, openDevices: sum.openDevices, devices: sum.devices, oldestFirstSeenAt };
}
