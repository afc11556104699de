import type { WebhookGuard } from './auth/webhook.ts';
import type { Cursors } from './core/cursor.ts';
import type { Route, RouteSpec } from './core/route.ts';
import type { AppDeps, StoreReader } from './deps.ts';
import { auditRoute, auditSpec } from './routes/audit.ts';
import { candidatesRoute, candidatesSpec } from './routes/candidates.ts';
import { cancelWindowRoute, cancelWindowSpec } from './routes/cancel-window.ts';
import { checksRoute, checksSpec } from './routes/checks.ts';
import { complianceRoute, complianceSpec } from './routes/compliance.ts';
import { deviceRoute, deviceSpec } from './routes/device.ts';
import { createTokenRoute, createTokenSpec } from './routes/create-token.ts';
import { devicesRoute, devicesSpec } from './routes/devices.ts';
import { eventsRoute, eventsSpec } from './routes/events.ts';
import { explainRoute, explainSpec } from './routes/explain.ts';
import { ledgerRoute, ledgerSpec } from './routes/ledger.ts';
import { mappingRoute, mappingSpec } from './routes/mapping.ts';
import { openWindowRoute, openWindowSpec } from './routes/open-window.ts';
import { orderRoute, orderSpec } from './routes/order.ts';
import { ordersRoute, ordersSpec } from './routes/orders.ts';
import { placeOrderRoute, placeOrderSpec } from './routes/place-order.ts';
import { postEventsRoute, postEventsSpec } from './routes/post-events.ts';
import { revokeTokenRoute, revokeTokenSpec } from './routes/revoke-token.ts';
import { schedulesRoute, schedulesSpec } from './routes/schedules.ts';
import { scriptsRoute, scriptsSpec } from './routes/scripts.ts';
import { sdRoute, sdSpec } from './routes/sd.ts';
import { sourceRunsRoute, sourceRunsSpec } from './routes/source-runs.ts';
import { sourcesRoute, sourcesSpec } from './routes/sources.ts';
import { tokensRoute, tokensSpec } from './routes/tokens.ts';
import { statusRoute, statusSpec } from './routes/status.ts';
import { topologyRoute, topologySpec } from './routes/topology.ts';
import { updateRoute, updateSpec } from './routes/update.ts';
import { updatesRoute, updatesSpec } from './routes/updates.ts';
import { webhooksRoute, webhooksSpec } from './routes/webhooks.ts';
import { windowsRoute, windowsSpec } from './routes/windows.ts';

/** What `/api/v1` promises; the OpenAPI document is made of it. */
export const apiSpecs: readonly RouteSpec[] = [
  statusSpec,
  devicesSpec,
  deviceSpec,
  explainSpec,
  candidatesSpec,
  mappingSpec,
  ordersSpec,
  placeOrderSpec,
  orderSpec,
  scriptsSpec,
  eventsSpec,
  postEventsSpec,
  webhooksSpec,
  windowsSpec,
  openWindowSpec,
  cancelWindowSpec,
  ledgerSpec,
  updatesSpec,
  updateSpec,
  complianceSpec,
  topologySpec,
  sourcesSpec,
  sourceRunsSpec,
  checksSpec,
  schedulesSpec,
  sdSpec,
  auditSpec,
  tokensSpec,
  createTokenSpec,
  revokeTokenSpec,
];

/** The same list with its handlers; a test compares the two. */
export function apiRoutes(
  deps: AppDeps,
  saveToken: StoreReader['saveToken'],
  cursors: Cursors,
  guard: WebhookGuard,
): readonly Route[] {
  const { fleet, store, clock, settings } = deps;
  return [
    statusRoute(deps.version, clock, deps.watcher),
    devicesRoute(fleet, cursors, clock),
    deviceRoute(fleet, clock),
    explainRoute(fleet, deps.explain),
    candidatesRoute(fleet, deps.mappings),
    mappingRoute(fleet, deps.mappings),
    ordersRoute(fleet, cursors),
    placeOrderRoute(fleet, deps.orders),
    orderRoute(fleet),
    scriptsRoute(fleet, deps.orders),
    eventsRoute(store, fleet, cursors),
    postEventsRoute(fleet, deps.ingest),
    webhooksRoute(settings, guard, deps.webhooks),
    windowsRoute(store, fleet, cursors, clock),
    openWindowRoute(fleet, deps.windows, clock),
    cancelWindowRoute(store, fleet, deps.windows, clock),
    ledgerRoute(store, fleet, cursors),
    updatesRoute(fleet, cursors),
    updateRoute(fleet),
    complianceRoute(fleet),
    topologyRoute(fleet, clock),
    sourcesRoute(fleet),
    sourceRunsRoute(fleet, store),
    checksRoute(fleet, settings),
    schedulesRoute(fleet, settings, clock),
    sdRoute(fleet, settings),
    auditRoute(store, cursors),
    tokensRoute(store, clock),
    createTokenRoute(saveToken, clock),
    revokeTokenRoute(store, saveToken, clock),
  ];
}
