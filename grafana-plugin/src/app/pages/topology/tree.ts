import type { Topology } from '../../../shared/api/types';

export type TopologyNode = Topology['nodes'][number];

/** The graph as the exporter tells it, as trees: each node below one parent, the worst of its siblings first. */
export interface Tree {
  readonly node: TopologyNode;
  readonly children: readonly Tree[];
}

/** A node without a parent in the graph is a root; a circle is cut where it closes. */
export function toTrees({ nodes, edges }: Topology): readonly Tree[] {
  const parents = new Map(edges.map(({ from, to }) => [to, from]));
  const known = new Set(nodes.map(({ id }) => id));
  const children = new Map<string, TopologyNode[]>();
  const roots: TopologyNode[] = [];
  for (const node of nodes) {
    const parent = parents.get(node.id);
    if (parent === undefined || !known.has(parent)) {
      roots.push(node);
      continue;
    }
    const siblings = children.get(parent);
    if (siblings === undefined) {
      children.set(parent, [node]);
    } else {
      siblings.push(node);
    }
  }
  const grow = (node: TopologyNode): Tree => ({
    node,
    children: [...(children.get(node.id) ?? [])].sort(worstFirst).map(grow),
  });
  return roots.sort(worstFirst).map(grow);
}

/** By what is not known to be well, so that the worst stand among the few that are drawn at first; then by name. */
function worstFirst(a: TopologyNode, b: TopologyNode): number {
  return (
    b.nonCompliant - a.nonCompliant ||
    b.failed - a.failed ||
    b.quiet - a.quiet ||
    b.unknown - a.unknown ||
    b.rebootPending - a.rebootPending ||
    byName(a, b)
  );
}

function byName(a: TopologyNode, b: TopologyNode): number {
  return a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1);
}

/** Puts the devices of one place, read when it was opened, below it. Whatever the place had of the same id is replaced. */
export function merge(base: Topology, more: readonly Topology[]): Topology {
  const nodes = new Map(base.nodes.map((node) => [node.id, node]));
  const edges = new Map(base.edges.map((edge) => [edge.to, edge]));
  for (const part of more) {
    for (const node of part.nodes) {
      // Counts of places in a part are of that part only: the base has them whole.
      if (node.kind === 'device' || !nodes.has(node.id)) {
        nodes.set(node.id, node);
      }
    }
    for (const edge of part.edges) {
      edges.set(edge.to, edge);
    }
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()] };
}
