import type { z } from 'zod';
import type { DevicePatch } from '../../domain/patch.ts';
import type { DeviceView, FleetView } from '../../fleet/fleet-view.ts';
import { type Cursors, invalidCursor } from '../core/cursor.ts';
import { type Route, type RouteSpec, route } from '../core/route.ts';
import { visibleDevices } from '../core/scope.ts';
import { type UpdateTally, addToTally, emptyTally, severityRanks } from '../core/update-sums.ts';
import { presentUpdate } from '../present/present-update.ts';
import { UpdatePage, UpdateQuery, type UpdateSort } from '../schema/update.ts';

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
    const devices = visibleDevices(fleet, principal.scope, query.organization);
    const rank = ranks[query.sort];
    const rows = sumUpdates(devices, query.site)
      .filter(createFilter(query))
      .map((sum) => ({ sum, rank: rank(sum), id: sum.patch.id }))
      .sort(compare);
    const after = query.cursor === undefined ? undefined : openPosition(query.cursor, query.sort, cursors);
    const rest = after === undefined ? rows : rows.filter((row) => compare(after, row) < 0);
    const shown = rest.slice(0, query.limit);
    const last = rest.length > query.limit ? shown.at(-1) : undefined;
    const nextCursor = last === undefined ? null : cursors.seal(['updates', query.sort, last.rank, last.id]);
    const items = shown.map(({ sum }) => presentUpdate(sum.patch, sum.tally));
    return { body: { items, total: rows.length, nextCursor } };
  });
}

interface UpdateSum {
  readonly patch: DevicePatch;
  readonly tally: UpdateTally;
}

function sumUpdates(views: Iterable<DeviceView>, site: string | undefined): readonly UpdateSum[] {
  const sums = new Map<string, UpdateSum>();
  for (const { state } of views) {
    if (site !== undefined && state.facts.site !== site) continue;
    for (const patch of state.facts.patches ?? []) {
      let sum = sums.get(patch.id);
      if (sum === undefined) sums.set(patch.id, (sum = { patch, tally: emptyTally() }));
      addToTally(sum.tally, patch);
    }
  }
  return [...sums.values()];
}

function createFilter(query: z.output<typeof UpdateQuery>): (sum: UpdateSum) => boolean {
  const { open, severity, status, text } = query;
  const needle = text?.toLowerCase();
  return ({ patch, tally }) => {
    if (open === 'true' && tally.openDevices === 0) return false;
    if (severity !== undefined && !severity.includes(patch.severity)) return false;
    if (status !== undefined && !status.some((word) => (tally.devices[word] ?? 0) > 0)) return false;
    return needle === undefined || `${patch.id} ${patch.title}`.toLowerCase().includes(needle);
  };
}

/** The smallest comes first; a JSON of a cursor knows no infinity. */
const ranks: Readonly<Record<UpdateSort, (sum: UpdateSum) => number>> = {
  openDevices: ({ tally }) => -tally.openDevices,
  oldest: ({ tally }) => tally.oldestFirstSeenAt ?? Number.MAX_SAFE_INTEGER,
  failed: ({ tally }) => -(tally.devices.failed ?? 0),
  // Within a severity the oldest is the furthest past its time. Seconds since 1970 have ten digits.
  severity: ({ patch, tally }) =>
    severityRanks[patch.severity] * 1e11 + Math.floor(tally.oldestFirstSeenAt ?? 1e11 - 1),
};

interface Position {
  readonly rank: number;
  readonly id: string;
}

function compare(a: Position, b: Position): number {
  return a.rank - b.rank || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

function openPosition(cursor: string, sort: UpdateSort, cursors: Cursors): Position {
  const [kind, by, rank, id] = cursors.open(cursor);
  if (kind !== 'updates' || by !== sort || typeof rank !== 'number' || typeof id !== 'string') throw invalidCursor();
  return { rank, id };
}
