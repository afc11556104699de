import type { Tree, TopologyNode } from './tree';

/** Children of one parent that are drawn before someone asks for more. */
export const fewChildren = 40;
export const columnWidth = 290;
export const rowHeight = 54;
export const nodeWidth = 240;
export const nodeHeight = 44;

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
}

/**
 * A tidy tree from left to right: one row per leaf, a parent in the middle of its children. The same trees and options
 * give the same picture.
 */
export function layout(trees: readonly Tree[], { open, full, canOpen }: LayoutOptions): readonly Placed[] {
  const placed: Placed[] = [];
  let row = 0;
  const place = (tree: Tree, level: number, parent: string | undefined, position: number, siblings: number): number => {
    const { node } = tree;
    const expanded = tree.children.length > 0 || canOpen(node) ? open.has(node.id) : undefined;
    const at = placed.length;
    const self = {
      kind: 'node',
      id: node.id,
      node,
      level,
      x: level * columnWidth,
      parent,
      expanded,
      position,
      siblings,
    } as const;
    placed.push({ ...self, y: 0 });
    const shown = expanded === true ? tree.children : [];
    const drawn = full.has(node.id) || shown.length <= fewChildren + 1 ? shown : shown.slice(0, fewChildren);
    const rows = drawn.map((child, index) => place(child, level + 1, node.id, index + 1, shown.length));
    if (drawn.length < shown.length) {
      const hidden = shown.length - drawn.length;
      const y = row * rowHeight;
      row += 1;
      placed.push({
        kind: 'more',
        id: `more ${node.id}`,
        level: level + 1,
        x: (level + 1) * columnWidth,
        y,
        parent: node.id,
        hidden,
      });
      rows.push(y);
    }
    const y = rows.length === 0 ? row++ * rowHeight : ((rows[0] ?? 0) + (rows.at(-1) ?? 0)) / 2;
    placed[at] = { ...self, y };
    return y;
  };
  trees.forEach((tree, index) => place(tree, 0, undefined, index + 1, trees.length));
  return placed;
}
