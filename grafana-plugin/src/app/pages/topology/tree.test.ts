import { fewChildren, gridWidth, layout, nodeHeight, rowHeight } from './layout';
import { nodeLook, nodeSentence } from './node-state';
import { merge, toTrees, type TopologyNode } from './tree';

function node(id: string, overrides: Partial<TopologyNode> = {}): TopologyNode {
  const counts = { devices: 1, quiet: 0, rebootPending: 0, missingCritical: 0, failed: 0, nonCompliant: 0, unknown: 0 };
  return { id, kind: 'device', name: id, organization: 'acme', compliant: 1, ...counts, ...overrides };
}
const edge = (from: string, to: string) => ({ from, to });
const closed = { open: new Set<string>(), full: new Set<string>(), canOpen: () => false };

describe('toTrees', () => {
  it('puts the worst of siblings first, then goes by name, whatever the order of the answer', () => {
    const worse = [node('z', { nonCompliant: 1 }), node('y', { failed: 1 }), node('x', { unknown: 1 })];
    const nodes = [node('o'), node('b'), node('a'), ...worse];
    const [tree] = toTrees({ nodes, edges: nodes.slice(1).map(({ id }) => edge('o', id)) });
    expect(tree?.children.map((child) => child.node.id)).toEqual(['z', 'y', 'x', 'a', 'b']);
  });

  it('makes a root of a node whose parent is not there', () => {
    expect(toTrees({ nodes: [node('a')], edges: [edge('gone', 'a')] }).map((tree) => tree.node.id)).toEqual(['a']);
  });
});

describe('merge', () => {
  it('keeps the whole counts of a place when some of its devices are read', () => {
    const base = { nodes: [node('s', { kind: 'site', devices: 9 })], edges: [] };
    const part = { nodes: [node('s', { kind: 'site', devices: 1 }), node('d')], edges: [edge('s', 'd')] };
    const merged = merge(base, [part]);
    expect(merged.nodes.find(({ id }) => id === 's')?.devices).toBe(9);
    expect(merged.edges).toEqual([edge('s', 'd')]);
  });
});

describe('layout', () => {
  const children = Array.from({ length: 60 }, (_, index) => node(`d${String(index).padStart(2, '0')}`));
  const trees = toTrees({ nodes: [node('o'), ...children], edges: children.map(({ id }) => edge('o', id)) });

  it('draws a closed node alone', () => {
    expect(layout(trees, closed)).toMatchObject([{ id: 'o', expanded: false, x: 0, y: 0 }]);
  });

  it('draws few children and stands one node for the others, until all are asked for', () => {
    const few = layout(trees, { ...closed, open: new Set(['o']) });
    expect(few).toHaveLength(1 + fewChildren + 1);
    expect(few.at(-1)).toMatchObject({ kind: 'more', hidden: 60 - fewChildren, parent: 'o' });
    expect(layout(trees, { ...closed, open: new Set(['o']), full: new Set(['o']) })).toHaveLength(61);
  });

  it('never draws two nodes of one level over each other, and a parent beside its first child', () => {
    const placed = layout(trees, { ...closed, open: new Set(['o']) });
    const ys = placed.filter(({ level }) => level === 1).map(({ y }) => y);
    for (const [index, y] of ys.slice(1).entries()) {
      expect(y - (ys[index] ?? 0)).toBeGreaterThanOrEqual(rowHeight);
    }
    expect(rowHeight).toBeGreaterThan(nodeHeight);
    expect(placed[0]?.y).toBe(ys[0]);
  });

  it('stands closed roots in columns, and moves only what is below one that opens', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const child = node('child');
    const many = toTrees({ nodes: [...names.map((id) => node(id)), child], edges: [edge('c', 'child')] });
    const where = (open: ReadonlySet<string>) =>
      Object.fromEntries(
        layout(many, { ...closed, open, rootColumns: 2 }).map(({ id, x, y }) => [id, [x / gridWidth, y / rowHeight]]),
      );
    expect(where(new Set())).toEqual({ a: [0, 0], b: [0, 1], c: [0, 2], d: [1, 0], e: [1, 1] });
    expect(where(new Set(['c']))).toMatchObject({ a: [0, 0], b: [1, 0], c: [0, 1], d: [0, 2], e: [1, 2] });
  });

  it('says which node can be opened', () => {
    const lone = toTrees({ nodes: [node('s', { kind: 'site' })], edges: [] });
    expect(layout(lone, closed)[0]).toMatchObject({ expanded: undefined });
    expect(layout(lone, { ...closed, canOpen: () => true })[0]).toMatchObject({ expanded: false });
  });
});

describe('nodeLook', () => {
  it.each([
    [{ failed: 1, quiet: 1, nonCompliant: 2 }, '1 failed'],
    [{ nonCompliant: 2, unknown: 4 }, '2 not compliant'],
    [{ rebootPending: 3 }, '3 waiting for restart'],
    [{ unknown: 1, compliant: 5 }, '1 unknown'],
    [{ compliant: 5 }, 'compliant'],
  ])('tells the worst of %o', (counts, text) => {
    expect(nodeLook(node('s', { kind: 'site', compliant: 0, ...counts })).text).toBe(text);
  });

  it('has everything in the sentence for screen readers', () => {
    const site = node('Berlin', { kind: 'site', devices: 4, compliant: 2, nonCompliant: 1, unknown: 1 });
    expect(nodeSentence(site)).toBe('Berlin, site: 4 devices, 2 compliant, 1 not compliant, 1 unknown');
  });
});
