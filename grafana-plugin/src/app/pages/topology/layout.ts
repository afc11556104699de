import type { Tree, TopologyNode } from './tree';

/** Children of one parent that are drawn before someone asks for more. */
export const fewChildren = 12;
export const columnWidth = 290;
export const rowHeight = 54;
export const nodeWidth = 240;
export const nodeHeight = 44;
/** From one closed root to the one beside it. */
export const gridWidth = nodeWidth + 16;

export interface PlacedNode {
  readonly kind: 'node';
  readonly id: string;
  readonly node: TopologyNode;
  readonly level: number;
  readonly x: number;
  readonly y: number;
  readonly parent: string | undefined;
  readonly expanded: boolean | undefined;
  /** Place among its siblings and their number, for screen readers. */
  readonly position: number;
  readonly siblings: number;
}

/** Stands for siblings that are not drawn. */
export interface PlacedMore {
  readonly kind: 'more';
  readonly id: string;
  readonly level: number;
  readonly x: number;
  readonly y: number;
  readonly parent: string;
  readonly hidden: number;
}

export type Placed = PlacedNode | PlacedMore;

export interface LayoutOptions {
  /** Ids of nodes whose children are shown. */
  readonly open: ReadonlySet<string>;
  /** Ids of nodes all of whose children are shown. */
  readonly full: ReadonlySet<string>;
  /** Whether a node without children in the tree has some that can be read. */
  readonly canOpen: (node: TopologyNode) => boolean;
  /** Closed roots stand in so many columns. */
  readonly rootColumns?: number;
}

/**
 * A tree from left to right: one row per leaf, a parent beside its first child. What is opened stays where it was, and only
 * what is below moves down. The same trees and options give the same picture.
 */
export function layout(trees: readonly Tree[], options: LayoutOptions): readonly Placed[] {
  const { open, full, canOpen, rootColumns = 1 } = options;
  const placed: Placed[] = [];
  let row = 0;
  const place = (tree: Tree, at: Omit<PlacedNode, 'kind' | 'id' | 'node' | 'expanded' | 'y'>): void => {
    const { node } = tree;
    const expanded = tree.children.length > 0 || canOpen(node) ? open.has(node.id) : undefined;
    placed.push({ ...at, kind: 'node', id: node.id, node, expanded, y: row * rowHeight });
    const shown = expanded === true ? tree.children : [];
    const drawn = full.has(node.id) || shown.length <= fewChildren + 1 ? shown : shown.slice(0, fewChildren);
    const below = { level: at.level + 1, x: (at.level + 1) * columnWidth, parent: node.id };
    drawn.forEach((child, index) => place(child, { ...below, position: index + 1, siblings: shown.length }));
    if (drawn.length < shown.length) {
      const hidden = shown.length - drawn.length;
      placed.push({ ...below, kind: 'more', id: `more ${node.id}`, y: row * rowHeight, hidden });
    }
    if (drawn.length < shown.length || drawn.length === 0) {
      row += 1;
    }
  };
  const root = { level: 0, parent: undefined, siblings: trees.length };
  // Down the columns: who walks by keyboard goes from each to the one below it.
  const placeClosed = (closed: readonly Tree[], before: number) => {
    const rows = Math.ceil(closed.length / rootColumns);
    const top = row;
    closed.forEach((tree, index) => {
      row = top + (index % rows);
      place(tree, { ...root, x: Math.floor(index / rows) * gridWidth, position: before + index + 1 });
    });
    row = top + rows;
  };
  let closed: Tree[] = [];
  trees.forEach((tree, index) => {
    if (open.has(tree.node.id)) {
      placeClosed(closed, index - closed.length);
      place(tree, { ...root, x: 0, position: index + 1 });
      closed = [];
    } else {
      closed.push(tree);
    }
  });
  placeClosed(closed, trees.length - closed.length);
  return placed;
}
