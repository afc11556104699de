import { toRfc3339 } from '../../domain/time.ts';
import type { StoredLedgerEntry } from '../../domain/ledger.ts';
import type { FleetView } from '../../fleet/fleet-view.ts';
import type { Cursors } from '../core/cursor.ts';
import { historyQuery, pageOf } from '../core/history.ts';
import { type Route, type RouteSpec, route } from '../core/route.ts';
import type { StoreReader } from '../deps.ts';
import { deviceName } from '../present/device-label.ts';
import { presentEvidence, timeOrNull } from '../present/present.ts';
import { LedgerPage, LedgerQueryParams } from '../schema/record.ts';

export const ledgerSpec = {
  method: 'get',
  path: '/ledger',
  operationId: 'listLedger',
  tag: 'windows',
  summary: 'Every decision: what was muted or not, why, until when, how it ended',
  role: 'viewer',
  query: LedgerQueryParams,
  responses: { 200: { description: 'One page.', schema: LedgerPage } },
  problems: ['invalid_cursor'],
} as const satisfies RouteSpec;

export function ledgerRoute(store: Pick<StoreReader, 'queryLedger'>, fleet: FleetView, cursors: Cursors): Route {
  return route(ledgerSpec, async ({ query, principal }) => {
    const found = await store.queryLedger({
      ...historyQuery(query, 'ledger', cursors),
      scope: principal.scope,
      ...(query.windowId !== undefined && { windowId: query.windowId }),
      ...(query.action !== undefined && { actions: query.action }),
    });
    const { rows, nextCursor } = pageOf(found, query, 'ledger', cursors);
    return { body: { items: rows.map((line) => presentLine(line, fleet)), nextCursor } };
  });
}

function presentLine(line: StoredLedgerEntry, fleet: FleetView) {
  return {
    at: toRfc3339(line.at),
    organization: line.organization,
    device: line.device,
    deviceName: deviceName(fleet, line.device, line.organization),
    instance: line.instance,
    windowId: line.windowId ?? null,
    action: line.action,
    reason: line.reason,
    text: line.text,
    actor: line.actor,
    until: timeOrNull(line.until),
    downAt: timeOrNull(line.downAt),
    alert: line.alert ?? null,
    evidence: line.evidence.map(presentEvidence),
  };
}
