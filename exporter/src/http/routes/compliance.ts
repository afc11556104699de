import type { z } from 'zod';
import type { UnixSeconds } from '../../domain/time.ts';
import type { DeviceView, FleetView } from '../../fleet/fleet-view.ts';
import { type Route, type RouteSpec, route } from '../core/route.ts';
import { visibleDevices } from '../core/scope.ts';
import { failedUpdates, missingCritical, oldestMissingCritical } from '../present/patch-sums.ts';
import { timeOrNull } from '../present/present.ts';
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
  const rows = new Map<string, Sum>();
  for (const view of views) {
    const { organization, site, groups } = view.state.facts;
    const places =
      by === 'organization' ? [null] : by === 'site' ? [site ?? null] : groups.length > 0 ? groups : [null];
    const share = shareOf(view);
    for (const place of places) {
      const id = JSON.stringify([organization, place]);
      let sum = rows.get(id);
      if (sum === undefined)
        rows.set(id, (sum = emptySum(organization, by === 'site' ? place : null, by === 'group' ? place : null)));
      add(sum, share);
    }
  }
  return [...rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => present(sum));
}

/** What one device adds to a row. */
interface Share {
  readonly verdict: DeviceView['compliance']['verdict'];
  readonly missingCritical: boolean;
  readonly oldestMissingCriticalAt: UnixSeconds | undefined;
  readonly failed: boolean;
  readonly rebootPending: boolean;
  readonly rebootPendingSince: UnixSeconds | undefined;
}

function shareOf({ state, compliance }: DeviceView): Share {
  const { patches, rebootPending } = state.facts;
  return {
    verdict: compliance.verdict,
    missingCritical: (missingCritical(patches) ?? 0) > 0,
    oldestMissingCriticalAt: oldestMissingCritical(patches),
    failed: (failedUpdates(patches) ?? 0) > 0,
    rebootPending: rebootPending === true,
    rebootPendingSince: rebootPending === true ? state.rebootPendingSince : undefined,
  };
}

interface Sum {
  readonly organization: string;
  readonly site: string | null;
  readonly group: string | null;
  devices: number;
  readonly verdicts: Record<Share['verdict'], number>;
  missingCritical: number;
  oldestMissingCriticalAt: UnixSeconds | undefined;
  failed: number;
  rebootPending: number;
  oldestRebootPendingAt: UnixSeconds | undefined;
}

function emptySum(organization: string, site: string | null, group: string | null): Sum {
  return {
    organization,
    site,
    group,
    devices: 0,
    verdicts: { compliant: 0, non_compliant: 0, unknown: 0 },
    missingCritical: 0,
    oldestMissingCriticalAt: undefined,
    failed: 0,
    rebootPending: 0,
    oldestRebootPendingAt: undefined,
  };
}

function add(sum: Sum, share: Share): void {
  sum.devices += 1;
  sum.verdicts[share.verdict] += 1;
  if (share.missingCritical) sum.missingCritical += 1;
  sum.oldestMissingCriticalAt = earlier(sum.oldestMissingCriticalAt, share.oldestMissingCriticalAt);
  if (share.failed) sum.failed += 1;
  if (share.rebootPending) sum.rebootPending += 1;
  sum.oldestRebootPendingAt = earlier(sum.oldestRebootPendingAt, share.rebootPendingSince);
}

function earlier(a: UnixSeconds | undefined, b: UnixSeconds | undefined): UnixSeconds | undefined {
  return a === undefined || (b !== undefined && b < a) ? b : a;
}

function present({ verdicts, oldestMissingCriticalAt, oldestRebootPendingAt, ...sum }: Sum): Row {
  return {
    ...sum,
    compliant: verdicts.compliant,
    nonCompliant: verdicts.non_compliant,
    unknown: verdicts.unknown,
    compliantRatio: sum.devices === 0 ? null : verdicts.compliant / sum.devices,
    oldestMissingCriticalAt: timeOrNull(oldestMissingCriticalAt),
    oldestRebootPendingAt: timeOrNull(oldestRebootPendingAt),
  };
}
