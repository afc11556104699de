import { isOpen } from '../../domain/window.ts';
import type { UnixSeconds } from '../../domain/time.ts';
import type { DeviceView, FleetView } from '../../fleet/fleet-view.ts';
import { createSlicer } from '../../fleet/slicer.ts';
import type { OrganizationScope } from '../../store/patch-store.ts';
import { failedUpdates, lastFailure, missingCritical, oldestMissingCritical } from '../present/patch-sums.ts';
import type { DeviceQuery, DeviceSort } from '../schema/device.ts';
import { type Cursors, invalidCursor } from './cursor.ts';
import { visibleDevices } from './scope.ts';
import { Smallest } from './top.ts';

/** Long enough for 20,000 devices in one go: behind each pause wait all the requests that came in meanwhile. */
const sliceMs = 15;

interface Row {
  readonly view: DeviceView;
  readonly value: string | number;
}

export interface DeviceList {
  readonly views: readonly DeviceView[];
  /** Devices that match the filters, on all pages. */
  readonly total: number;
  readonly nextCursor: string | null;
}

/**
 * One page of devices in one pass over the fleet, with turns for others on the way. Ties go by device id, so paging
 * neither skips nor repeats.
 */
export async function listDevices(
  fleet: FleetView,
  scope: OrganizationScope,
  query: DeviceQuery,
  cursors: Cursors,
  now: UnixSeconds,
): Promise<DeviceList> {
  const matches = createFilter(query, now);
  const sign = query.order === 'asc' ? 1 : -1;
  const compare = (a: Row, b: Row): number =>
    sign * (compareValues(a.value, b.value) || compareValues(a.view.state.key, b.view.state.key));
  const isAfter = readCursor(query, cursors, sign);
  const top = new Smallest<Row>(query.limit + 1, compare);
  const valueOf = sortValues[query.sort];
  const slicer = createSlicer(sliceMs);
  let total = 0;
  for (const view of visibleDevices(fleet, scope, query.organization)) {
    if (slicer.isSpent()) await slicer.breathe();
    if (!matches(view)) continue;
    total += 1;
    const row = { view, value: valueOf(view) };
    if (isAfter(row)) top.offer(row);
  }
  const rows = top.sorted();
  const shown = rows.slice(0, query.limit);
  const last = rows.length > query.limit ? shown.at(-1) : undefined;
  const nextCursor =
    last === undefined ? null : cursors.seal(['devices', query.sort, query.order, last.value, last.view.state.key]);
  return { views: shown.map(({ view }) => view), total, nextCursor };
}

function compareValues(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Behind every time: nothing to wait for. JSON of a cursor knows no infinity. */
const never = Number.MAX_SAFE_INTEGER;
const verdictRank = { non_compliant: 0, unknown: 1, compliant: 2 } as const;

/** Unknown times and counts sort before everything known; of the since-times, after it. */
const sortValues: Readonly<Record<DeviceSort, (view: DeviceView) => string | number>> = {
  name: ({ state }) => state.facts.displayName.toLowerCase(),
  organization: ({ state }) => state.facts.organization,
  site: ({ state }) => state.facts.site ?? '',
  lastSeenAt: ({ state }) => state.facts.lastSeenAt ?? 0,
  lastInstallAt: ({ state }) => state.lastInstall?.at ?? 0,
  missingCritical: ({ state }) => missingCritical(state.facts.patches) ?? -1,
  oldestMissingCriticalAt: ({ state }) => oldestMissingCritical(state.facts.patches) ?? never,
  failed: ({ state }) => failedUpdates(state.facts.patches) ?? -1,
  lastFailureAt: ({ state }) => lastFailure(state.facts.patches) ?? 0,
  rebootPendingSince: ({ state }) =>
    state.facts.rebootPending === true ? (state.rebootPendingSince ?? never - 1) : never,
  compliance: ({ compliance }) => verdictRank[compliance.verdict],
};

function readCursor(query: DeviceQuery, cursors: Cursors, sign: number): (row: Row) => boolean {
  if (query.cursor === undefined) return () => true;
  const [kind, sort, order, value, key] = cursors.open(query.cursor);
  const isOurs = kind === 'devices' && sort === query.sort && order === query.order && typeof key === 'string';
  if (!isOurs || (typeof value !== 'string' && typeof value !== 'number')) throw invalidCursor();
  return (row) => sign * (compareValues(row.value, value) || compareValues(row.view.state.key, key)) > 0;
}

type Filter = (view: DeviceView) => boolean;

export function createFilter(query: DeviceQuery, now: UnixSeconds): Filter {
  const { site, group, source, text, compliance, identity, os, patch, patchStatus } = query;
  const needle = text?.toLowerCase();
  const isOpenNow = (window: DeviceView['quiet']): boolean => window !== undefined && isOpen(window, now);
  const flag = (wanted: boolean | undefined, of: Filter): Filter | undefined =>
    wanted === undefined ? undefined : (view) => of(view) === wanted;
  const filters: (Filter | undefined)[] = [
    site === undefined ? undefined : ({ state }) => state.facts.site === site,
    group === undefined ? undefined : ({ state }) => state.facts.groups.includes(group),
    source === undefined ? undefined : ({ state }) => state.source === source,
    compliance === undefined ? undefined : (view) => compliance.includes(view.compliance.verdict),
    identity === undefined ? undefined : (view) => identity.includes(view.identity.status),
    // An unknown "reboot pending" is neither yes nor no: it fits neither filter.
    query.rebootPending === undefined ? undefined : ({ state }) => state.facts.rebootPending === query.rebootPending,
    flag(query.quiet, ({ quiet }) => isOpenNow(quiet)),
    flag(query.maintenance, ({ maintenance }) => isOpenNow(maintenance)),
    query.missingCritical === undefined
      ? undefined
      : ({ state }) => {
          const count = missingCritical(state.facts.patches);
          return count !== undefined && count > 0 === query.missingCritical;
        },
    query.failed === undefined
      ? undefined
      : ({ state }) => state.facts.patches?.some(({ status }) => status === 'failed') === query.failed,
    flag(query.stale, ({ stale }) => stale),
    os === undefined ? undefined : ({ state }) => state.facts.os?.name === os,
    patch === undefined && patchStatus === undefined
      ? undefined
      : ({ state }) =>
          state.facts.patches?.some(
            ({ id, status }) =>
              (patch === undefined || id === patch) && (patchStatus === undefined || patchStatus.includes(status)),
          ) === true,
    needle === undefined ? undefined : (view) => mentions(view, needle),
  ];
  const active = filters.filter((filter) => filter !== undefined);
  return (view) => active.every((filter) => filter(view));
}

function mentions({ state, identity }: DeviceView, needle: string): boolean {
  const { displayName, hostNames } = state.facts;
  const instance = identity.status === 'matched' ? identity.instance : '';
  return [displayName, state.key, instance, ...hostNames].some((word) => word.toLowerCase().includes(needle));
}
