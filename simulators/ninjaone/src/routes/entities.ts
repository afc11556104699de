import type { Request, Router } from 'express';
import { z } from 'zod';
import { ApiError } from '../api-error.ts';
import type { DevicePredicate, SimulatorContext } from '../context.ts';
import { deviceMatcher, visibleSize } from '../context.ts';
import type { Group } from '../groups.ts';
import { GROUPS, groupOf } from '../groups.ts';
import type { DeviceIdentity } from '../identity.ts';
import { FIRST_DEVICE_ID } from '../identity.ts';
import { organizationIdOf, organizationIndexOf } from '../organizations.ts';
import { integer, parse, text } from '../params.ts';
import { PLATFORMS, policyIdOfRole } from '../platforms.ts';
import { pathDevice, pathId } from './request.ts';

const NoQuery = z.strictObject({});
const PageQuery = z.strictObject({ pageSize: integer(1), after: integer() });
const OrganizationsQuery = PageQuery.extend({ of: text() });
const DevicesQuery = PageQuery.extend({ df: text() });
const AlertsQuery = z.strictObject({ sourceType: text(), df: text(), lang: text(), tz: text() });

type PageQuery = z.infer<typeof PageQuery>;

/** Lists that page by `pageSize` and `after=<last id>`, and single objects. */
export function addEntityRoutes(router: Router, context: SimulatorContext, defaultPageSize: number): void {
  addOrganizationRoutes(router, context, defaultPageSize);
  addDeviceRoutes(router, context, defaultPageSize);
  addSettingRoutes(router, context);
  addAlertRoutes(router, context);
}

function addOrganizationRoutes(router: Router, context: SimulatorContext, defaultPageSize: number): void {
  const { fleet } = context;
  const organizationIds = () => Array.from({ length: fleet.organizationCount }, (_, index) => organizationIdOf(index));
  const paged = (request: Request, ids: number[], query: PageQuery) =>
    page(context, request, ids, query, defaultPageSize);

  function pageOfOrganizations(request: Request): number[] {
    const { of, ...query } = parse(OrganizationsQuery, request.query, 'query parameter');
    if (of !== undefined) context.warn(`of has no effect on ${request.path}`);
    return paged(request, organizationIds(), query);
  }

  function organizationIndex(request: Request): number {
    const id = pathId(request);
    if (!fleet.hasOrganization(id)) throw new ApiError(404, `no organization ${String(id)}`);
    return organizationIndexOf(id);
  }

  router.get('/organizations', (request, response) => {
    const ids = pageOfOrganizations(request);
    response.json(ids.map((id) => fleet.organization(organizationIndexOf(id))));
  });
  router.get('/organizations-detailed', (request, response) => {
    const ids = pageOfOrganizations(request);
    response.json(ids.map((id) => fleet.organizationDetailed(organizationIndexOf(id))));
  });
  router.get('/organization/:id/locations', (request, response) => {
    parse(NoQuery, request.query, 'query parameter');
    response.json(fleet.organizationDetailed(organizationIndex(request)).locations);
  });
  router.get('/organization/:id/devices', (request, response) => {
    const query = parse(PageQuery, request.query, 'query parameter');
    const index = organizationIndex(request);
    const matches: DevicePredicate = (device) => device.organizationIndex === index && !fleet.state(device).removed;
    response.json(devicePage(context, request, matches, query, defaultPageSize).map(context.rows.device));
  });
  router.get('/locations', (request, response) => {
    const query = parse(PageQuery, request.query, 'query parameter');
    const all = organizationIds().flatMap((organizationId) =>
      fleet
        .organizationDetailed(organizationIndexOf(organizationId))
        .locations.map((location) => ({ ...location, organizationId })),
    );
    const ids = new Set(
      paged(
        request,
        all.map(({ id }) => id),
        query,
      ),
    );
    response.json(all.filter(({ id }) => ids.has(id)));
  });
}

function addDeviceRoutes(router: Router, context: SimulatorContext, defaultPageSize: number): void {
  const { rows } = context;

  function matching(request: Request): DeviceIdentity[] {
    const { df, ...query } = parse(DevicesQuery, request.query, 'query parameter');
    return devicePage(context, request, deviceMatcher(context, df), query, defaultPageSize);
  }

  router.get('/devices', (request, response) => {
    response.json(matching(request).map(rows.device));
  });
  router.get('/devices-detailed', (request, response) => {
    response.json(matching(request).map(rows.deviceDetailed));
  });
  router.get('/device/:id', (request, response) => {
    parse(NoQuery, request.query, 'query parameter');
    response.json(rows.deviceDetailed(pathDevice(context, request)));
  });
  router.get('/group/:id/device-ids', (request, response) => {
    parse(NoQuery, request.query, 'query parameter');
    const group = groupOf(pathId(request));
    if (group === undefined) throw new ApiError(404, 'no such group');
    response.json(membersOf(context, group, visibleSize(context, request.path)).map(({ id }) => id));
  });
}

function addSettingRoutes(router: Router, context: SimulatorContext): void {
  const { fleet, dice } = context;
  const lists = {
    '/groups': () =>
      GROUPS.map((group) => ({
        id: group.id,
        name: group.name,
        description: null,
        shared: true,
        created: fleet.epoch - 8_640_000,
        updated: fleet.epoch - 864_000,
        deviceCount: dice.draw('group-count', group.id) < 0.5 ? null : membersOf(context, group, fleet.size).length,
        lastEvaluated: fleet.epoch - 3_600,
      })),
    '/policies': () =>
      PLATFORMS.map(({ roleId, policyName, nodeClass }) => ({
        id: policyIdOfRole(roleId),
        name: policyName,
        description: '',
        nodeClass,
        updated: fleet.epoch - 864_000,
        nodeClassDefault: true,
      })),
    '/roles': () =>
      PLATFORMS.map(({ roleId, roleName, nodeClass }) => ({
        id: roleId,
        name: roleName,
        description: '',
        nodeClass,
        custom: false,
        chassisType: 'UNKNOWN',
        created: fleet.epoch - 86_400_000,
      })),
  };
  for (const [path, list] of Object.entries(lists)) {
    router.get(path, (request, response) => {
      parse(NoQuery, request.query, 'query parameter');
      response.json(list());
    });
  }
}

function addAlertRoutes(router: Router, context: SimulatorContext): void {
  router.get('/alerts', (request, response) => {
    const { df, sourceType } = parse(AlertsQuery, request.query, 'query parameter');
    const size = visibleSize(context, request.path);
    const devices = select(context, 0, size, Infinity, deviceMatcher(context, df));
    const alerts = devices.flatMap(context.rows.alerts);
    response.json(sourceType === undefined ? alerts : alerts.filter((alert) => alert.sourceType === sourceType));
  });
  router.get('/device/:id/alerts', (request, response) => {
    parse(z.strictObject({ lang: text(), tz: text() }), request.query, 'query parameter');
    response.json(context.rows.alerts(pathDevice(context, request)));
  });
}

/** The first id of the page: the one after `after`, or `after` itself when a fault makes the limit inclusive. */
function firstId({ faults }: SimulatorContext, request: Request, after: number | undefined): number {
  if (after === undefined || faults.take('paging-loop', request.path)) return 0;
  const inclusive = faults.take('inclusive-after', request.path) ?? faults.take('duplicate-rows', request.path);
  return inclusive ? after : after + 1;
}

function page(
  context: SimulatorContext,
  request: Request,
  ids: number[],
  query: PageQuery,
  defaultPageSize: number,
): number[] {
  const from = firstId(context, request, query.after);
  return ids.filter((id) => id >= from).slice(0, query.pageSize ?? defaultPageSize);
}

function devicePage(
  context: SimulatorContext,
  request: Request,
  matches: DevicePredicate,
  query: PageQuery,
  defaultPageSize: number,
): DeviceIdentity[] {
  const from = Math.max(0, firstId(context, request, query.after) - FIRST_DEVICE_ID);
  return select(context, from, visibleSize(context, request.path), query.pageSize ?? defaultPageSize, matches);
}

function membersOf(context: SimulatorContext, group: Group, size: number): DeviceIdentity[] {
  return select(context, 0, size, Infinity, (device) => {
    const state = context.fleet.state(device);
    return !state.removed && group.contains(device, state);
  });
}

function select(
  { fleet }: SimulatorContext,
  from: number,
  size: number,
  limit: number,
  matches: DevicePredicate,
): DeviceIdentity[] {
  const found: DeviceIdentity[] = [];
  for (let index = from; index < size && found.length < limit; index++) {
    const device = fleet.identity(index);
    if (matches(device)) found.push(device);
  }
  return found;
}
