import React from 'react';
import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import type { Tone } from '../../../shared/format/looks';
import { nodeHeight, nodeWidth, type Placed } from './layout';
import { nodeLook, nodeSentence } from './node-state';
import type { TopologyNode } from './tree';

interface Props {
  readonly item: Placed;
  readonly isActive: boolean;
  readonly isReading: boolean;
  readonly onAct: () => void;
  readonly hold: (element: SVGGElement | null) => void;
}

/** A sign beside the words, since colour alone tells nothing. */
const signs: Record<Tone, string> = { good: '✓', bad: '✕', warn: '↻', info: '◑', neutral: '?' };
const maxLetters = 26;
const barY = nodeHeight - 6;

/** One box of the drawing. */
export function GraphNode({ item, isActive, isReading, onAct, hold }: Props): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const common = {
    ref: hold,
    role: 'treeitem',
    'aria-level': item.level + 1,
    // Being looked at is all that a node can be: nothing here is selected.
    'aria-selected': false,
    tabIndex: isActive ? 0 : -1,
    transform: `translate(${item.x},${item.y})`,
    className: styles.node,
    onClick: onAct,
  };
  if (item.kind === 'more') {
    return (
      <g {...common} aria-label={`Show ${item.hidden.toLocaleString()} more`}>
        <rect width={nodeWidth} height={nodeHeight} rx={4} className={cx('box', styles.more)} />
        <text x={12} y={27} className={styles.name}>
          {`Show ${item.hidden.toLocaleString()} more`}
        </text>
      </g>
    );
  }
  const { node, expanded } = item;
  const look = nodeLook(node);
  const state = isReading ? 'reading …' : look.text;
  return (
    <g
      {...common}
      aria-label={nodeSentence(node)}
      aria-expanded={expanded}
      aria-posinset={item.position}
      aria-setsize={item.siblings}
      aria-busy={isReading}
    >
      <title>{nodeSentence(node)}</title>
      <rect width={nodeWidth} height={nodeHeight} rx={4} className={cx('box', styles.box)} />
      <rect width={5} height={nodeHeight} rx={2} className={styles[look.tone]} />
      <text x={14} y={17} className={styles.name}>
        {node.name.length > maxLetters ? `${node.name.slice(0, maxLetters - 1)}…` : node.name}
      </text>
      <text x={14} y={node.kind === 'device' ? 35 : 32} className={styles.words}>
        {`${signs[look.tone]} ${state}${node.kind === 'device' ? '' : ` of ${node.devices.toLocaleString()}`}`}
      </text>
      {node.kind !== 'device' && <Share node={node} />}
      {expanded !== undefined && (
        <text x={nodeWidth - 20} y={28} className={styles.name}>
          {expanded ? '−' : '+'}
        </text>
      )}
    </g>
  );
}

/** How much is compliant, is not, and is unknown; the words beside it say the worst only. */
function Share({ node: { devices, compliant, nonCompliant } }: { readonly node: TopologyNode }): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const [left, width] = [14, nodeWidth - 26];
  const part = (count: number) => (devices === 0 ? 0 : (width * count) / devices);
  return (
    <g>
      <rect x={left} y={barY} width={width} height={3} className={styles.neutral} />
      <rect x={left} y={barY} width={part(compliant)} height={3} className={styles.good} />
      <rect x={left + part(compliant)} y={barY} width={part(nonCompliant)} height={3} className={styles.bad} />
    </g>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  node: css({
    cursor: 'pointer',
    outline: 'none',
    '&:hover .box': { stroke: theme.colors.text.secondary },
    '&:focus-visible .box': { stroke: theme.colors.primary.border, strokeWidth: 3 },
  }),
  box: css({ fill: theme.colors.background.primary, stroke: theme.colors.border.medium }),
  more: css({ fill: 'transparent', stroke: theme.colors.border.medium, strokeDasharray: '4 3' }),
  name: css({ fill: theme.colors.text.primary, fontSize: 13, fontWeight: theme.typography.fontWeightMedium }),
  words: css({ fill: theme.colors.text.secondary, fontSize: 12 }),
  good: css({ fill: theme.colors.success.main }),
  bad: css({ fill: theme.colors.error.main }),
  warn: css({ fill: theme.colors.warning.main }),
  info: css({ fill: theme.colors.info.main }),
  neutral: css({ fill: theme.colors.text.disabled }),
});
