import type { z } from 'zod';
import { type DeviceKey, deviceKey } from '../../domain/device.ts';
import type { Clock, UnixSeconds } from '../../domain/time.ts';
import { isOpen } from '../../domain/window.ts';
import type { DeviceView, FleetView } from '../../fleet/fleet-view.ts';
import { ApiError } from '../core/problem.ts';
import { type Route, type RouteSpec, route } from '../core/route.ts';
import { visibleDevices } from '../core/scope.ts';
import { failedUpdates, missingCritical } from '../present/patch-sums.ts';
import { Topology, TopologyQuery } from '../schema/overview.ts';

const maxDeviceNodes = 5000;

export const topologySpec = {
  method: 'get',
  path: '/topology',
  operationId: 'getTopology',
  tag: 'overview',
  summary: 'Organizations, sites and devices as a graph',
  description: `A device hangs below its parent (a virtual machine below its host) where that is known and shown, else below its site. With depth=device at most ${String(maxDeviceNodes)} devices: narrow by organization or site.`,
  role: 'viewer',
  query: TopologyQuery,
  responses: { 200: { description: 'Nodes and edges, parents first.', schema: Topology } },
  problems: ['unprocessable'],
} as const satisfies RouteSpec;

type Node = z.input<typeof Topology>['nodes'][number];
type Depth = z.output<typeof TopologyQuery>['depth'];

export function topologyRoute(fleet: FleetView, clock: Clock): Route {
  return route(topologySpec, ({ query, principal }) => {
    const visible = visibleDevices(fleet, principal.scope, query.organization);
    const graph = new Graph(query.depth, clock.now());
    for (const view of query.depth === 'device' ? parentsFirst(atMost(visible, query.site)) : visible) {
      if (query.site === undefined || view.state.facts.site === query.site) graph.add(view);
    }
    return { body: graph.present() };
  });
}

function atMost(views: Iterable<DeviceView>, site: string | undefined): readonly DeviceView[] {
  const kept: DeviceView[] = [];
  for (const view of views) {
    if (site !== undefined && view.state.facts.site !== site) continue;
    kept.push(view);
    if (kept.length > maxDeviceNodes)
      throw new ApiError(
        'unprocessable',
        `More than ${String(maxDeviceNodes)} devices: narrow by organization or site.`,
      );
  }
  return kept;
}

/** Hosts before what runs on them; devices that claim to be each other's parents come in as they are. */
function parentsFirst(views: readonly DeviceView[]): Iterable<DeviceView> {
  const byKey = new Map(views.map((view) => [view.state.key, view]));
  const ordered = new Set<DeviceView>();
  for (const view of views) {
    const chain = new Set<DeviceView>();
    for (let at: DeviceView | undefined = view; at !== undefined && !ordered.has(at) && !chain.has(at);) {
      chain.add(at);
      at = byKey.get(parentOf(at) ?? '');
    }
    for (const member of [...chain].reverse()) ordered.add(member);
  }
  return ordered;
}

function parentOf({ state }: DeviceView): DeviceKey | undefined {
  const { parentVendorId } = state.facts;
  return parentVendorId === undefined ? undefined : deviceKey(state.source, parentVendorId);
}

class Graph {
  readonly #nodes = new Map<string, Node>();
  readonly #edges = new Map<string, { readonly from: string; readonly to: string }>();
  readonly #depth: Depth;
  readonly #now: UnixSeconds;

  constructor(depth: Depth, now: UnixSeconds) {
    this.#depth = depth;
    this.#now = now;
  }

  /** From the organization down to the device, as far as asked. */
  add(view: DeviceView): void {
    const { key, facts } = view.state;
    const { organization, site } = facts;
    const top = this.#count(`organization/${organization}`, 'organization', organization, view);
    if (this.#depth === 'organization') return;
    const place =
      site === undefined ? top : this.#count(`site/${JSON.stringify([organization, site])}`, 'site', site, view);
    this.#connect(top, place);
    if (this.#depth === 'site') return;
    const device = this.#count(`device/${key}`, 'device', facts.displayName, view);
    this.#connect(this.#hostOf(view) ?? place, device);
  }

  present(): z.input<typeof Topology> {
    return { nodes: [...this.#nodes.values()], edges: [...this.#edges.values()] };
  }

  /** The node of the device's parent, if it is in the graph already and of the same organization. */
  #hostOf(view: DeviceView): Node | undefined {
    const host = this.#nodes.get(`device/${parentOf(view) ?? ''}`);
    return host?.organization === view.state.facts.organization && host.id !== `device/${view.state.key}`
      ? host
      : undefined;
  }

  #connect(from: Node, to: Node): void {
    if (from !== to) this.#edges.set(`${from.id} ${to.id}`, { from: from.id, to: to.id });
  }

  #count(id: string, kind: Node['kind'], name: string, view: DeviceView): Node {
    let node = this.#nodes.get(id);
    if (node === undefined) this.#nodes.set(id, (node = emptyNode(id, kind, name, view.state.facts.organization)));
    add(node, view, this.#now);
    return node;
  }
}

function emptyNode(id: string, kind: Node['kind'], name: string, organization: string): Node {
  return {
    id,
    kind,
    name,
    organization,
    devices: 0,
    quiet: 0,
    rebootPending: 0,
    missingCritical: 0,
    failed: 0,
    compliant: 0,
    nonCompliant: 0,
    unknown: 0,
  };
}

const verdictCounts = { compliant: 'compliant', non_compliant: 'nonCompliant', unknown: 'unknown' } as const;

function add(node: Node, view: DeviceView, now: UnixSeconds): void {
  const { facts } = view.state;
  node.devices += 1;
  if (view.quiet !== undefined && isOpen(view.quiet, now)) node.quiet += 1;
  if (facts.rebootPending === true) node.rebootPending += 1;
  node.missingCritical += missingCritical(facts.patches) ?? 0;
  if ((failedUpdates(facts.patches) ?? 0) > 0) node.failed += 1;
  node[verdictCounts[view.compliance.verdict]] += 1;
}
