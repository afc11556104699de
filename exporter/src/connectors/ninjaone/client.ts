import type { z } from 'zod';
import { ConnectorError } from '../../domain/errors.ts';
import { createHttpClient, type HttpDeps, type Query } from '../http-client.ts';
import { toClientOptions } from '../http-options.ts';
import { arrayOf, LooseList } from '../loose-list.ts';
import { pagesByCursor, pagesByLastId } from '../paging.ts';
import type { Counter } from '../tally.ts';
import { bearer, createAuthorizedGet, createAuthorizedSend } from '../token-source.ts';
import {
  Activity,
  ActivityPage,
  Device,
  HealthRow,
  NamedObject,
  Organization,
  OsPatch,
  OsReportRow,
  Report,
  ScriptingOptions,
  ScriptOption,
  ServiceRow,
} from './api-schema.ts';
import type { NinjaOneOptions } from './config.ts';
import { createNinjaOneTokens } from './tokens.ts';

/** What every request of one read shares. */
export interface Read {
  readonly signal: AbortSignal;
  readonly dropped: Counter;
}

type Pages<T> = AsyncGenerator<readonly T[]>;

export interface ActivityBatch {
  readonly lastActivityId?: number;
  /** Ids of all objects of the page, readable or not: paging goes by these. */
  readonly ids: readonly number[];
  readonly activities: readonly Activity[];
}

/** The endpoints we use. Lists come page by page so that no raw answer outlives its page. */
export interface NinjaOneClient {
  organizations(read: Read): Pages<Organization>;
  /** Undefined: the vendor does not know it. */
  organization(id: number, read: Read): Promise<Organization | undefined>;
  locations(read: Read): Pages<NamedObject>;
  savedGroups(read: Read): Promise<readonly NamedObject[]>;
  savedGroupMembers(groupId: number, read: Read): Promise<readonly number[]>;
  policies(read: Read): Promise<readonly NamedObject[]>;
  roles(read: Read): Promise<readonly NamedObject[]>;
  devices(read: Read): Pages<Device>;
  operatingSystems(read: Read): Pages<OsReportRow>;
  deviceHealth(read: Read): Pages<HealthRow>;
  osPatches(read: Read): Pages<OsPatch>;
  /** `since`: a day as yyyy-MM-dd; the vendor's filter is day-granular. */
  osPatchInstalls(since: string, read: Read): Pages<OsPatch>;
  /** Newest first; both limits are activity ids and exclusive. */
  activities(range: { newerThan?: number; olderThan?: number; pageSize: number }, read: Read): Promise<ActivityBatch>;
  device(id: number, read: Read): Promise<Device | undefined>;
  devicePatches(id: number, read: Read): Promise<readonly OsPatch[]>;
  deviceInstalls(id: number, since: string, read: Read): Promise<readonly OsPatch[]>;
  /** Rows of this device, unless the vendor ignored the filter. */
  windowsServices(id: number, read: Read): Pages<ServiceRow>;
  deviceActivities(id: number, pageSize: number, read: Read): Promise<readonly Activity[]>;
  scriptingOptions(id: number, read: Read): Promise<readonly ScriptOption[]>;
  /** The four writes. Each is one request that is never repeated. */
  reboot(id: number, mode: 'NORMAL' | 'FORCED', reason: string, signal: AbortSignal): Promise<unknown>;
  runScript(id: number, run: RunScript, signal: AbortSignal): Promise<unknown>;
  /** `end` as RFC 3339: a bare number is milliseconds by the description and seconds by some clients. */
  setMaintenance(id: number, until: { end: string; reason: string }, signal: AbortSignal): Promise<unknown>;
  endMaintenance(id: number, signal: AbortSignal): Promise<unknown>;
}

export interface RunScript {
  readonly type: 'SCRIPT' | 'ACTION';
  readonly id?: number;
  readonly uid?: string;
  readonly parameters?: string;
  readonly runAs: string;
}

const entityPageSize = 500;
const reportPageSize = 5000;
const maxEntityPages = 4000;
const maxReportPages = 20_000;

export function createNinjaOneClient(
  options: NinjaOneOptions,
  deps: HttpDeps & { readonly takesOrders?: boolean },
): NinjaOneClient {
  const http = createHttpClient(toClientOptions(options.baseUrl, options.http), deps);
  const tokens = createNinjaOneTokens(http, { ...options, takesOrders: deps.takesOrders ?? false }, deps.clock);

  const getWithToken = createAuthorizedGet(http, tokens, bearer);
  const send = createAuthorizedSend(http, tokens, bearer);
  const get = (path: string, signal: AbortSignal, query: Query = {}): Promise<unknown> =>
    getWithToken(path, { signal, query });

  async function* entities<T>(path: string, schema: z.ZodType<T>, reason: string, read: Read): Pages<T> {
    const list = new LooseList(schema, read.dropped, reason);
    const readPage = async (after: number | undefined): Promise<readonly unknown[]> =>
      arrayOf(await get(path, read.signal, { pageSize: entityPageSize, after }), path);
    for await (const page of pagesByLastId(readPage, rawId, { path, maxPages: maxEntityPages })) yield list.parse(page);
    list.finish();
  }

  async function* report<T>(path: string, query: Query, schema: z.ZodType<T>, reason: string, read: Read): Pages<T> {
    const list = new LooseList(schema, read.dropped, reason);
    let lastRow: string | undefined;
    const readPage = async (cursor: string | undefined) => {
      const body = await get(path, read.signal, { ...query, pageSize: reportPageSize, cursor });
      const page = Report.safeParse(body ?? {});
      if (!page.success) throw new ConnectorError('malformed', 'the answer is not a report', { path });
      const rows = page.data.results ?? [];
      // A page may begin with the row the last one ended with; one that holds nothing else is the end.
      const items = lastRow !== undefined && JSON.stringify(rows[0]) === lastRow ? rows.slice(1) : rows;
      lastRow = JSON.stringify(rows.at(-1));
      return {
        items,
        next: page.data.cursor ?? undefined,
        fingerprint: JSON.stringify([rows.length, rows[0], lastRow]),
      };
    };
    for await (const page of pagesByCursor(readPage, { path, maxPages: maxReportPages })) yield list.parse(page);
    list.finish();
  }

  async function list<T>(path: string, schema: z.ZodType<T>, reason: string, read: Read, query: Query = {}) {
    const elements = new LooseList(schema, read.dropped, reason);
    const parsed = elements.parse(arrayOf(await get(path, read.signal, query), path));
    elements.finish();
    return parsed;
  }

  async function one<T>(path: string, schema: z.ZodType<T>, read: Read): Promise<T | undefined> {
    const body = await get(path, read.signal).catch(undefinedWhenNotFound);
    if (body === undefined) return undefined;
    const parsed = schema.safeParse(body);
    if (!parsed.success) throw new ConnectorError('malformed', 'the answer is not the object asked for', { path });
    return parsed.data;
  }

  async function activityPage(path: string, query: Query, read: Read): Promise<ActivityBatch> {
    const page = ActivityPage.safeParse((await get(path, read.signal, query)) ?? {});
    if (!page.success) throw new ConnectorError('malformed', 'the answer is not a list of activities', { path });
    const raw = page.data.activities ?? [];
    const elements = new LooseList(Activity, read.dropped, 'activity.malformed');
    const activities = elements.parse(raw);
    elements.finish();
    const { lastActivityId } = page.data;
    return {
      ...(typeof lastActivityId === 'number' ? { lastActivityId } : {}),
      ids: raw.map(rawId).filter((id) => id !== undefined),
      activities,
    };
  }

  return {
    organizations: (read) => entities('/v2/organizations', Organization, 'organization.malformed', read),
    organization: (id, read) => one(`/v2/organization/${String(id)}`, Organization, read),
    locations: (read) => entities('/v2/locations', NamedObject, 'location.malformed', read),
    savedGroups: (read) => list('/v2/groups', NamedObject, 'group.malformed', read),
    async savedGroupMembers(groupId, read) {
      const path = `/v2/group/${String(groupId)}/device-ids`;
      const ids = arrayOf(await get(path, read.signal), path);
      return ids.filter((id) => typeof id === 'number');
    },
    policies: (read) => list('/v2/policies', NamedObject, 'policy.malformed', read),
    roles: (read) => list('/v2/roles', NamedObject, 'role.malformed', read),
    devices: (read) => entities('/v2/devices-detailed', Device, 'device.malformed', read),
    operatingSystems: (read) => report('/v2/queries/operating-systems', {}, OsReportRow, 'os.malformed', read),
    deviceHealth: (read) => report('/v2/queries/device-health', {}, HealthRow, 'health.malformed', read),
    osPatches: (read) => report('/v2/queries/os-patches', {}, OsPatch, 'patch.malformed', read),
    osPatchInstalls: (installedAfter, read) =>
      report('/v2/queries/os-patch-installs', { installedAfter }, OsPatch, 'install.malformed', read),
    activities: (range, read) => activityPage('/v2/activities', range, read),
    device: (id, read) => one(`/v2/device/${String(id)}`, Device, read),
    devicePatches: (id, read) => list(`/v2/device/${String(id)}/os-patches`, OsPatch, 'patch.malformed', read),
    deviceInstalls: (id, installedAfter, read) =>
      list(`/v2/device/${String(id)}/os-patch-installs`, OsPatch, 'install.malformed', read, { installedAfter }),
    windowsServices: (id, read) =>
      report('/v2/queries/windows-services', { df: `id = ${String(id)}` }, ServiceRow, 'service.malformed', read),
    deviceActivities: async (id, pageSize, read) =>
      (await activityPage(`/v2/device/${String(id)}/activities`, { pageSize }, read)).activities,
    async scriptingOptions(id, read) {
      const path = `/v2/device/${String(id)}/scripting/options`;
      const body = ScriptingOptions.safeParse((await get(path, read.signal)) ?? {});
      if (!body.success) throw new ConnectorError('malformed', 'the answer is not a list of scripts', { path });
      return new LooseList(ScriptOption, read.dropped, 'script.malformed').parse(body.data.scripts ?? []);
    },
    reboot: (id, mode, reason, signal) => send('POST', `/v2/device/${String(id)}/reboot/${mode}`, { reason }, signal),
    runScript: (id, run, signal) => send('POST', `/v2/device/${String(id)}/script/run`, run, signal),
    setMaintenance: (id, { end, reason }, signal) =>
      send(
        'PUT',
        `/v2/device/${String(id)}/maintenance`,
        { disabledFeatures: ['ALERTS'], end, reasonMessage: reason },
        signal,
      ),
    endMaintenance: (id, signal) => send('DELETE', `/v2/device/${String(id)}/maintenance`, undefined, signal),
  };
}

function rawId(element: unknown): number | undefined {
  if (typeof element !== 'object' || element === null || !('id' in element)) return undefined;
  return typeof element.id === 'number' ? element.id : undefined;
}

function undefinedWhenNotFound(error: unknown): undefined {
  if (error instanceof ConnectorError && error.status === 404) return undefined;
  throw error;
}
