import React, { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { IconButton, Stack, Text, useStyles2 } from '@grafana/ui';
import { useNavigate } from 'react-router-dom';
import { useLinks } from '../../hooks/useLinks';
import { GraphNode } from './GraphNode';
import { gridWidth, layout, nodeHeight, nodeWidth, type Placed } from './layout';
import { nodePath } from './NodeLink';
import type { TopologyHandle } from './useTopology';
import { air, useViewport } from './useViewport';

/** Drawing units around what is seen that are drawn as well. */
const margin = 200;

/** The tree as a drawing: drag or use the buttons to move, arrows to walk, Enter to go there. */
export function TopologyGraph({ topology }: { readonly topology: TopologyHandle }): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const navigate = useNavigate();
  const link = useLinks();
  const { trees, open, full, canOpen, toggle, showAll, opened } = topology;
  const { frame, view, size, zoom, fitTo, reveal, drag } = useViewport();
  const rootColumns = Math.max(1, Math.floor((size.width - 2 * air) / gridWidth));
  const placed = useMemo(
    () => layout(trees, { open, full, canOpen, rootColumns }),
    [trees, open, full, canOpen, rootColumns],
  );
  const fit = () => fitTo(placed);
  const [chosen, setChosen] = useState<string>();
  const active = placed.some(({ id }) => id === chosen) ? chosen : placed[0]?.id;
  const nodes = useRef(new Map<string, SVGGElement>());
  const wantsFocus = useRef(false);

  useEffect(() => {
    if (wantsFocus.current && active !== undefined) {
      wantsFocus.current = false;
      nodes.current.get(active)?.focus({ preventScroll: true });
    }
  }, [active]);
  const go = (item: Placed | undefined) => {
    if (item !== undefined) {
      wantsFocus.current = true;
      setChosen(item.id);
      reveal(item);
    }
  };
  const act = useCallback(
    (item: Placed) => {
      if (item.kind === 'more') {
        showAll(item.parent);
      } else if (item.expanded === undefined) {
        void navigate(nodePath(item.node, link));
      } else {
        toggle(item.node);
      }
    },
    [showAll, navigate, link, toggle],
  );
  const onKeyDown = (event: React.KeyboardEvent) => {
    const at = placed.findIndex(({ id }) => id === active);
    const item = placed[at];
    if (item === undefined) {
      return;
    }
    const moves: Record<string, () => void> = {
      ArrowDown: () => go(placed[at + 1]),
      ArrowUp: () => go(placed[at - 1]),
      Home: () => go(placed[0]),
      End: () => go(placed.at(-1)),
      ArrowRight: () => (item.kind === 'node' && item.expanded === false ? act(item) : go(childOf(placed, at))),
      ArrowLeft: () =>
        item.kind === 'node' && item.expanded === true ? act(item) : go(placed.find(({ id }) => id === item.parent)),
      Enter: () => (item.kind === 'node' ? void navigate(nodePath(item.node, link)) : act(item)),
      ' ': () => act(item),
      '+': () => zoom(1.25),
      '-': () => zoom(0.8),
      '0': fit,
    };
    const move = moves[event.key];
    if (move !== undefined && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      move();
    }
  };

  const seen = placed.filter(
    (item) =>
      item.id === active ||
      (item.y + nodeHeight > view.y - margin &&
        item.y < view.y + size.height / view.zoom + margin &&
        item.x + nodeWidth > view.x - margin &&
        item.x < view.x + size.width / view.zoom + margin),
  );
  const byId = new Map(placed.map((item) => [item.id, item]));
  return (
    <div className={styles.frame} ref={frame}>
      <svg
        className={styles.drawing}
        viewBox={`${view.x} ${view.y} ${size.width / view.zoom} ${size.height / view.zoom}`}
        role="tree"
        aria-label="Topology of the fleet"
        onKeyDown={onKeyDown}
        {...drag}
      >
        {/* One path, so that a shared trunk is no brighter than its branches. */}
        <path
          aria-hidden
          className={styles.edge}
          d={placed
            .filter((item) => item.parent !== undefined && isEdgeSeen(item, view.y, size.height / view.zoom, byId))
            .map((item) => edgePath(byId.get(item.parent ?? ''), item))
            .join(' ')}
        />
        {seen.map((item) => (
          <GraphNode
            key={item.id}
            item={item}
            isActive={item.id === active}
            isReading={opened.get(item.id)?.status === 'reading'}
            onAct={() => {
              setChosen(item.id);
              act(item);
            }}
            hold={(element) => (element === null ? nodes.current.delete(item.id) : nodes.current.set(item.id, element))}
          />
        ))}
      </svg>
      <div className={styles.tools}>
        <Stack gap={0.5}>
          <IconButton name="plus" tooltip="Larger" onClick={() => zoom(1.25)} />
          <IconButton name="minus" tooltip="Smaller" onClick={() => zoom(0.8)} />
          <IconButton name="compress-arrows" tooltip="Show all" onClick={fit} />
        </Stack>
      </div>
      <div className={styles.help}>
        <Text variant="bodySmall" color="secondary">
          Click to open or close. Drag to move, Ctrl and wheel to zoom. Keys: arrows, Enter, +, -, 0.
        </Text>
      </div>
    </div>
  );
}

function childOf(placed: readonly Placed[], at: number): Placed | undefined {
  const next = placed[at + 1];
  return next?.parent === placed[at]?.id ? next : undefined;
}

function isEdgeSeen(item: Placed, top: number, height: number, byId: ReadonlyMap<string, Placed>): boolean {
  const parentY = byId.get(item.parent ?? '')?.y ?? item.y;
  const [low, high] = [Math.min(item.y, parentY), Math.max(item.y, parentY)];
  return high + nodeHeight > top && low < top + height;
}

function edgePath(from: Placed | undefined, to: Placed): string {
  if (from === undefined) {
    return '';
  }
  const [startX, startY, endY] = [from.x + nodeWidth, from.y + nodeHeight / 2, to.y + nodeHeight / 2];
  const middle = (startX + to.x) / 2;
  // Right angles: the lines to many children share one trunk.
  return `M${startX},${startY} H${middle} V${endY} H${to.x}`;
}

const getStyles = (theme: GrafanaTheme2) => ({
  frame: css({
    position: 'relative',
    height: 'clamp(360px, 65vh, 900px)',
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
    background: theme.colors.background.canvas,
    overflow: 'hidden',
  }),
  drawing: css({ width: '100%', height: '100%', display: 'block', cursor: 'grab', touchAction: 'none' }),
  edge: css({ fill: 'none', stroke: theme.colors.border.strong, strokeWidth: 1.5 }),
  tools: css({
    position: 'absolute',
    top: theme.spacing(1),
    right: theme.spacing(1),
    padding: theme.spacing(0.5),
    background: theme.colors.background.primary,
    borderRadius: theme.shape.radius.default,
    border: `1px solid ${theme.colors.border.weak}`,
  }),
  help: css({
    position: 'absolute',
    bottom: theme.spacing(1),
    left: theme.spacing(1),
    padding: theme.spacing(0, 0.5),
    background: theme.colors.background.canvas,
    pointerEvents: 'none',
  }),
});
