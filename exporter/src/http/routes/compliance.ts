import type { z } from 'zod';
import type { DeviceView, FleetView } from '../../fleet/fleet-view.ts';
import { type Route, type RouteSpec, route } from '../core/route.ts';
import { visibleDevices } from '../core/scope.ts';
import { ComplianceQuery, ComplianceReport, type ComplianceRow } from '../schema/overview.ts';

export const complianceSpec = {
  method: 'get',
  path: '/compliance',
  operationId: 'getCompliance',
  tag: 'overview',
  summary: 'Compliance by organization, site or group',
  description: 'A device of two groups counts in both rows. Unknown is counted apart and never as compliant.',
  role: 'viewer',
  query: ComplianceQuery,
  responses: { 200: { description: 'All rows.', schema: ComplianceReport } },
} as const satisfies RouteSpec;

export function complianceRoute(fleet: FleetView): Route {
  return route(complianceSpec, ({ query, principal }) => ({
    body: { rows: sumCompliance(visibleDevices(fleet, principal.scope, query.organization), query.by) },
  }));
}

type Row = z.input<typeof ComplianceRow>;
type By = z.output<typeof ComplianceQuery>['by'];

export function sumCompliance(views: Iterable<DeviceView>, by: By): readonly Row[] {
  const rows = new Map<string, Row>();
  for (const view of views) {
    const { organization, site, groups } = view.state.facts;
    const places =
      by === 'organization' ? [null] : by === 'site' ? [site ?? null] : groups.length > 0 ? groups : [null];
    for (const place of places) {
      const id = JSON.stringify([organization, place]);
      const row = rows.get(id) ?? emptyRow(organization, by === 'site' ? place : null, by === 'group' ? place : null);
      rows.set(id, count(row, view));
    }
  }
  return [...rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

function emptyRow(organization: string, site: string | null, group: string | null): Row {
  return { organization, site, group, devices: 0, compliant: 0, nonCompliant: 0, unknown: 0, compliantRatio: null };
}

function count(row: Row, { compliance }: DeviceView): Row {
  row.devices += 1;
  if (compliance.verdict === 'compliant') row.compliant += 1;
  else if (compliance.verdict === 'non_compliant') row.nonCompliant += 1;
  else row.unknown += 1;
  row.compliantRatio = row.compliant / row.devices;
  return row;
}
