import { isOpen } from '../../domain/window.ts';
import type { UnixSeconds } from '../../domain/time.ts';
import type { DeviceView, FleetView } from '../../fleet/fleet-view.ts';
import { compareNamed, type NamedDevice } from '../../fleet/name-order.ts';
import { createSlicer } from '../../fleet/slicer.ts';
import type { OrganizationScope } from '../../store/patch-store.ts';
import { failedUpdates, lastFailure, missingCritical, oldestMissingCritical } from '../present/patch-sums.ts';
import type { DeviceQuery, DeviceSort } from '../schema/device.ts';
import { type Cursors, invalidCursor } from './cursor.ts';
import { visibleDevices, visibleOrganizations } from './scope.ts';
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
 * One page of devices. By name and without a filter it costs what the page costs; otherwise it is one pass over the fleet,
 * with turns for others on the way. Ties go by device id, so paging neither skips nor repeats.
 */
export async function listDevices(
  fleet: FleetView,
  scope: OrganizationScope,
  query: DeviceQuery,
  cursors: Cursors,
  now: UnixSeconds,
): Promise<DeviceList> {
  if (query.sort === 'name' && !hasFilter(query)) return listByName(fleet, scope, query, cursors);
  const matches = createFilter(query, now);
  const sign = query.order === 'asc' ? 1 : -1;
  const compare = (a: Row, b: Row): number =>
    sign * (compareValues(a.value, b.value) || compareValues(a.view.state.key, b.view.state.key));
  const isAfter = readCursor(query, cursors, sign) ?? (() => true);
  const top = new Smallest<Row>(query.limit + 1, compare);
  const valueOf = sortValues[query.sort];
  const slicer = createSlicer(sliceMs);
  let total = 0;
  for (const view of visibleDevices(fleet, scope, query.organization)) {
    if (slicer.isSpent()) await slicer.breathe();
    if (!matches(view)) continue;
    total += 1;
    const row = { view, value: valueOf(view) };
    if (isAfter(row.value, view.state.key)) top.offer(row);
  }
  const { shown, nextCursor } = cut(top.sorted(), query, cursors, ({ value, view }) => [value, view.state.key]);
  return { views: shown.map(({ view }) => view), total, nextCursor };
}

/** Out of each organization's list only the rows that may stand on the page. */
async function listByName(
  fleet: FleetView,
  scope: OrganizationScope,
  query: DeviceQuery,
  cursors: Cursors,
): Promise<DeviceList> {
  const sign = query.order === 'asc' ? 1 : -1;
  const isAfter = readCursor(query, cursors, sign);
  const top = new Smallest<NamedDevice & { readonly organization: string }>(
    query.limit + 1,
    (a, b) => sign * compareNamed(a, b),
  );
  let total = 0;
  for (const organization of visibleOrganizations(fleet, scope)) {
    if (query.organization !== undefined && query.organization !== organization) continue;
    const rows = await fleet.byName(organization);
    total += rows.length;
    const at = (place: number) => rows[sign === 1 ? place : rows.length - 1 - place];
    const first =
      isAfter === undefined
        ? 0
        : firstPlace(rows.length, (place) => isAfter(at(place)?.name ?? '', at(place)?.key ?? ''));
    for (let place = first, row = at(place); row !== undefined; row = at((place += 1)))
      if (!top.offer({ ...row, organization })) break;
  }
  const { shown, nextCursor } = cut(top.sorted(), query, cursors, ({ name, key }) => [name, key]);
  // A device may have gone, or have moved out of the caller's sight, while the lists were read.
  const views = shown.flatMap(({ key, organization }) => {
    const view = fleet.get(key);
    return view?.state.removed === false && view.state.facts.organization === organization ? [view] : [];
  });
  return { views, total, nextCursor };
}

/** The first place for which it is true, and `count` when there is none; it stays true from there on. */
function firstPlace(count: number, isTrue: (place: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isTrue(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** One row more than the page holds says that there is another page. */
function cut<T>(
  rows: readonly T[],
  { limit, sort, order }: DeviceQuery,
  cursors: Cursors,
  position: (row: T) => readonly [value: string | number, key: string],
): { readonly shown: readonly T[]; readonly nextCursor: string | null } {
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return { shown, nextCursor: last === undefined ? null : cursors.seal(['devices', sort, order, ...position(last)]) };
}

function hasFilter(query: DeviceQuery): boolean {
  const { organization: _organization, limit: _limit, cursor: _cursor, ...rest } = query;
  const { sort: _sort, order: _order, format: _format, ...filters } = rest;
  return Object.values(filters).some((filter) => filter !== undefined);
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

type IsAfter = (value: string | number, key: string) => boolean;

function readCursor(query: DeviceQuery, cursors: Cursors, sign: number): IsAfter | undefined {
  if (query.cursor === undefined) return undefined;
  const [kind, sort, order, lastValue, lastKey] = cursors.open(query.cursor);
  const isOurs = kind === 'devices' && sort === query.sort && order === query.order && typeof lastKey === 'string';
  if (!isOurs || (typeof lastValue !== 'string' && typeof lastValue !== 'number')) throw invalidCursor();
  return (value, key) => sign * (compareValues(value, lastValue) || compareValues(key, lastKey)) > 0;
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
    flag(query.quietCapped, ({ quietCappedUntil }) => quietCappedUntil !== undefined && quietCappedUntil > now),
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
