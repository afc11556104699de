import type { z } from 'zod';
import type { Clock } from '../../domain/time.ts';
import { isOpen } from '../../domain/window.ts';
import type { DeviceView, FleetView } from '../../fleet/fleet-view.ts';
import { ApiError } from '../core/problem.ts';
import { type Route, type RouteSpec, route } from '../core/route.ts';
import { visibleDevices } from '../core/scope.ts';
import { missingCritical } from '../present/patch-sums.ts';
import { Topology, TopologyQuery } from '../schema/overview.ts';

const maxDeviceNodes = 5000;

export const topologySpec = {
  method: 'get',
  path: '/topology',
  operationId: 'getTopology',
  tag: 'overview',
  summary: 'Organizations, sites and devices as a graph',
  description: `With depth=device at most ${String(maxDeviceNodes)} devices: narrow by organization or site.`,
  role: 'viewer',
  query: TopologyQuery,
  responses: { 200: { description: 'Nodes and edges, parents first.', schema: Topology } },
  problems: ['unprocessable'],
} as const satisfies RouteSpec;

type Node = z.input<typeof Topology>['nodes'][number];

export function topologyRoute(fleet: FleetView, clock: Clock): Route {
  return route(topologySpec, ({ query, principal }) => {
    const nodes = new Map<string, Node>();
    const edges = new Map<string, { from: string; to: string }>();
    const now = clock.now();
    let devices = 0;
    for (const view of visibleDevices(fleet, principal.scope, query.organization)) {
      if (query.site !== undefined && view.state.facts.site !== query.site) continue;
      devices += 1;
      if (query.depth === 'device' && devices > maxDeviceNodes)
        throw new ApiError(
          'unprocessable',
          `More than ${String(maxDeviceNodes)} devices: narrow by organization or site.`,
        );
      const chain = nodesOf(view, query.depth);
      for (const [index, node] of chain.entries()) {
        const known = nodes.get(node.id) ?? node;
        nodes.set(node.id, add(known, view, now));
        const parent = chain[index - 1];
        if (parent !== undefined) edges.set(`${parent.id} ${node.id}`, { from: parent.id, to: node.id });
      }
    }
    return { body: { nodes: [...nodes.values()], edges: [...edges.values()] } };
  });
}

/** From the organization down to the device, as far as asked. */
function nodesOf({ state }: DeviceView, depth: z.output<typeof TopologyQuery>['depth']): readonly Node[] {
  const { organization, site, displayName } = state.facts;
  const node = (id: string, kind: Node['kind'], name: string): Node => ({
    id,
    kind,
    name,
    organization,
    devices: 0,
    quiet: 0,
    rebootPending: 0,
    missingCritical: 0,
    nonCompliant: 0,
    unknown: 0,
  });
  const chain = [node(`organization/${organization}`, 'organization', organization)];
  if (depth !== 'organization' && site !== undefined)
    chain.push(node(`site/${JSON.stringify([organization, site])}`, 'site', site));
  if (depth === 'device') chain.push(node(`device/${state.key}`, 'device', displayName));
  return chain;
}

function add(node: Node, view: DeviceView, now: number): Node {
  const { facts } = view.state;
  node.devices += 1;
  if (view.quiet !== undefined && isOpen(view.quiet, now)) node.quiet += 1;
  if (facts.rebootPending === true) node.rebootPending += 1;
  node.missingCritical += missingCritical(facts.patches) ?? 0;
  if (view.compliance.verdict === 'non_compliant') node.nonCompliant += 1;
  if (view.compliance.verdict === 'unknown') node.unknown += 1;
  return node;
}
