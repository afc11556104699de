import { toRfc3339 } from '../../domain/time.ts';
import type { FleetView } from '../../fleet/fleet-view.ts';
import { notFound } from '../core/problem.ts';
import { type Route, type RouteSpec, route } from '../core/route.ts';
import { visibleDevice } from '../core/scope.ts';
import type { Explain } from '../deps.ts';
import { presentEvidence, presentIdentity, timeOrNull } from '../present/present.ts';
import { DeviceParams } from '../schema/common.ts';
import { Explanation } from '../schema/overview.ts';

export const explainSpec = {
  method: 'get',
  path: '/devices/{id}/explain',
  operationId: 'explainDevice',
  tag: 'devices',
  summary: 'Why a device is, or would be, muted or not',
  role: 'viewer',
  params: DeviceParams,
  responses: { 200: { description: 'Evidence, decision and rules in words.', schema: Explanation } },
  problems: ['not_found'],
} as const satisfies RouteSpec;

export function explainRoute(fleet: FleetView, explain: Explain): Route {
  return route(explainSpec, async ({ params, principal }) => {
    const view = visibleDevice(fleet, principal.scope, params.id);
    const result = await explain.explain(params.id);
    if (result === undefined) throw notFound('device');
    const { until, ...decision } = result.decision;
    return {
      body: {
        device: params.id,
        identity: presentIdentity(view.identity),
        at: toRfc3339(result.at),
        summary: result.summary,
        evidence: result.evidence.map((piece) => ({ ...piece, evidence: presentEvidence(piece.evidence) })),
        decision: { ...decision, until: timeOrNull(until) },
        rules: result.rules.map(({ since, ...rule }) => ({ ...rule, since: timeOrNull(since) })),
      },
    };
  });
}
