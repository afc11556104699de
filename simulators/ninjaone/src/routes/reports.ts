import type { Router } from 'express';
import { z } from 'zod';
import type { SimulatorContext } from '../context.ts';
import { deviceMatcher, visibleSize } from '../context.ts';
import type { Cursor, Cursors } from '../cursors.ts';
import { createCursors } from '../cursors.ts';
import type { DeviceIdentity } from '../identity.ts';
import { date, integer, parse, text } from '../params.ts';
import type { HealthRow, PatchRow, ServiceRow } from '../wire.ts';
import { pathDevice } from './request.ts';

const DEFAULT_PAGE_SIZE = 1_000;

const patchFields = { status: text(), type: text(), severity: text() };
const installFields = { status: text(), installedBefore: date(), installedAfter: date() };
const serviceFields = { name: text(), state: text() };
const walkFields = { df: text(), cursor: text(), pageSize: integer(1) };

const PatchFilter = z.object(patchFields);
const InstallFilter = z.object(installFields);
const ServiceFilter = z.object(serviceFields);
const HealthFilter = z.object({ health: text() });

/** One report: what it may be asked, and how a query that passed `schema` becomes the rows of each device. */
interface Report {
  readonly path: string;
  readonly schema: z.ZodType<{ df?: string | undefined; cursor?: string | undefined; pageSize?: number | undefined }>;
  readonly open: (context: SimulatorContext, query: unknown) => (device: DeviceIdentity) => readonly unknown[];
}

interface ReportQuery {
  readonly raw: unknown;
  readonly df: string | undefined;
}

const REPORTS: readonly Report[] = [
  {
    path: '/queries/operating-systems',
    schema: z.strictObject({ ...walkFields, ts: text() }),
    open: ({ rows }) => rows.operatingSystem,
  },
  {
    path: '/queries/device-health',
    schema: z.strictObject({ ...walkFields, health: text() }),
    open: ({ rows }, query) => {
      const matches = healthMatcher(query);
      return (device) => rows.health(device).filter(matches);
    },
  },
  {
    path: '/queries/os-patches',
    schema: z.strictObject({ ...walkFields, ...patchFields, ts: text() }),
    open: ({ fleet }, query) => {
      const matches = patchMatcher(query);
      return (device) => fleet.pending(device).filter(matches);
    },
  },
  {
    path: '/queries/os-patch-installs',
    schema: z.strictObject({ ...walkFields, ...installFields }),
    open: ({ fleet }, query) => {
      const matches = installMatcher(query);
      return (device) => fleet.installs(device).filter(matches);
    },
  },
  {
    path: '/queries/windows-services',
    schema: z.strictObject({ ...walkFields, ...serviceFields, pageSize: integer(10, 10_000) }),
    open: ({ rows }, query) => {
      const matches = serviceMatcher(query);
      return (device) => rows.services(device).filter(matches);
    },
  },
];

const same = (wanted: string | undefined, value: string): boolean => wanted === undefined || wanted === value;

function healthMatcher(query: unknown): (row: HealthRow) => boolean {
  const { health } = HealthFilter.parse(query);
  return ({ healthStatus }) => same(health, healthStatus);
}

function patchMatcher(query: unknown): (row: PatchRow) => boolean {
  const { status, type, severity } = PatchFilter.parse(query);
  return (row) => same(status, row.status) && same(type, row.type) && same(severity, row.severity);
}

/** A row without installedAt has no place before or after a date, so any date leaves it out. */
function installMatcher(query: unknown): (row: PatchRow) => boolean {
  const { status, installedAfter = -Infinity, installedBefore = Infinity } = InstallFilter.parse(query);
  const dated = installedAfter !== -Infinity || installedBefore !== Infinity;
  return (row) => {
    if (!same(status, row.status)) return false;
    if (row.installedAt === undefined) return !dated;
    return row.installedAt >= installedAfter && row.installedAt < installedBefore;
  };
}

function serviceMatcher(query: unknown): (row: ServiceRow) => boolean {
  const { name, state } = ServiceFilter.parse(query);
  return (row) => same(name, row.name) && same(state, row.state);
}

/** Reports that page by a named cursor, and their twins for one device, which answer a bare array. */
export function addReportRoutes(router: Router, context: SimulatorContext, cursorLifetimeSeconds: number): void {
  const cursors = createCursors<ReportQuery>(cursorLifetimeSeconds, context.clock, context.dice);
  for (const report of REPORTS) addReportRoute(router, context, report, cursors);

  router.get('/device/:id/os-patches', (request, response) => {
    parse(z.strictObject(patchFields), request.query, 'query parameter');
    response.json(context.fleet.pending(pathDevice(context, request)).filter(patchMatcher(request.query)));
  });
  router.get('/device/:id/os-patch-installs', (request, response) => {
    parse(z.strictObject(installFields), request.query, 'query parameter');
    response.json(context.fleet.installs(pathDevice(context, request)).filter(installMatcher(request.query)));
  });
  router.get('/device/:id/windows-services', (request, response) => {
    parse(z.strictObject(serviceFields), request.query, 'query parameter');
    const rows = context.rows.services(pathDevice(context, request)).filter(serviceMatcher(request.query));
    // Unlike the report, this list says neither whose it is nor when the agent looked.
    response.json(rows.map(({ deviceId: _device, timestamp: _seen, ...row }) => row));
  });
}

function addReportRoute(
  router: Router,
  context: SimulatorContext,
  report: Report,
  cursors: Cursors<ReportQuery>,
): void {
  const { faults } = context;

  router.get(report.path, (request, response) => {
    const asked = parse(report.schema, request.query, 'query parameter');
    if ('ts' in request.query) context.warn(`ts has no effect on ${report.path}`);
    const cursor =
      asked.cursor === undefined
        ? cursors.open(report.path, { raw: request.query, df: asked.df })
        : cursors.resume(asked.cursor, report.path);
    const before = { ...cursor };
    const rows = nextRows(context, report, cursor, asked.pageSize ?? DEFAULT_PAGE_SIZE);
    const repeated = asked.cursor !== undefined && faults.take('duplicate-rows', request.path) ? [before.lastRow] : [];
    if (faults.take('paging-loop', request.path)) Object.assign(cursor, before);
    const results = [...repeated, ...rows];
    response.json({
      cursor: { name: cursor.name, offset: before.offset, count: results.length, expires: cursor.expiresAtUnixSeconds },
      results,
    });
  });
}

/** Rows are made device by device until the page is full; the cursor is left behind the last one. */
function nextRows(context: SimulatorContext, report: Report, cursor: Cursor<ReportQuery>, pageSize: number): unknown[] {
  const matches = deviceMatcher(context, cursor.query.df);
  const rowsOf = report.open(context, cursor.query.raw);
  const size = visibleSize(context, report.path);
  const page: unknown[] = [];
  while (page.length < pageSize && cursor.deviceIndex < size) {
    const device = context.fleet.identity(cursor.deviceIndex);
    const rows = matches(device) ? rowsOf(device) : [];
    const taken = rows.slice(cursor.rowIndex, cursor.rowIndex + pageSize - page.length);
    page.push(...taken);
    cursor.rowIndex += taken.length;
    if (cursor.rowIndex < rows.length) break;
    cursor.deviceIndex += 1;
    cursor.rowIndex = 0;
  }
  cursor.offset += page.length;
  cursor.lastRow = page.at(-1) ?? cursor.lastRow;
  return page;
}
