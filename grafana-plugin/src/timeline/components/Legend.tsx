import { css, cx } from '@emotion/css';
import React, { memo } from 'react';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { kindLabels } from '../model/kinds';
import type { StateKey } from '../model/state-key';
import type { TimelineKind } from '../types';
import { KindGlyph } from './KindGlyph';
import { Swatch } from './Swatch';

interface Props {
  readonly states: readonly StateKey[];
  /** Kinds that occur, with how often. */
  readonly counts: ReadonlyMap<TimelineKind, number>;
  readonly hidden: ReadonlySet<TimelineKind>;
  readonly onToggle: (kind: TimelineKind) => void;
}

const linePx = 24;

/** Room for the legend in CSS pixels: as many lines as the entries need, within what is given; more are scrolled to. */
export function legendHeight(
  states: readonly StateKey[],
  counts: ReadonlyMap<TimelineKind, number>,
  widthPx: number,
  mostLines: number,
): number {
  const statesPx = states.reduce((sum, { text }) => sum + 30 + 6.2 * text.length, 0);
  const entriesPx = [...counts].map(([kind, count]) => 36 + 6.2 * (kindLabels[kind].length + String(count).length));
  const neededPx = entriesPx.reduce((sum, entryPx) => sum + entryPx, statesPx);
  return linePx * Math.min(mostLines, Math.max(1, Math.ceil(neededPx / Math.max(1, widthPx))));
}

/** Key to the signs; each kind can be hidden. */
export const Legend = memo(function Legend({ states, counts, hidden, onToggle }: Props): React.JSX.Element {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.legend} role="group" aria-label="Kinds shown">
      {states.map((key) => (
        <span key={`${key.state} ${key.text}`} className={styles.key}>
          <Swatch span={key} />
          {key.text}
        </span>
      ))}
      {[...counts].map(([kind, count]) => (
        <button
          key={kind}
          type="button"
          aria-pressed={!hidden.has(kind)}
          className={cx(styles.item, hidden.has(kind) && styles.off)}
          onClick={() => onToggle(kind)}
        >
          <KindGlyph kind={kind} sizePx={14} />
          {kindLabels[kind]}
          <span className={styles.count}>{count}</span>
        </button>
      ))}
    </div>
  );
});

const getStyles = (theme: GrafanaTheme2) => {
  const entry = {
    display: 'inline-flex',
    alignItems: 'center',
    gap: theme.spacing(0.5),
    whiteSpace: 'nowrap',
    fontSize: theme.typography.bodySmall.fontSize,
    color: theme.colors.text.primary,
    lineHeight: `${linePx}px`,
  } as const;
  return {
    legend: css({
      display: 'flex',
      flexWrap: 'wrap',
      alignItems: 'center',
      alignContent: 'flex-start',
      gap: theme.spacing(0, 0.5),
      height: '100%',
      overflowY: 'auto',
      scrollbarWidth: 'none',
    }),
    key: css({ ...entry, padding: theme.spacing(0, 0.5), color: theme.colors.text.secondary }),
    item: css({
      ...entry,
      padding: theme.spacing(0, 0.75),
      border: 'none',
      borderRadius: theme.shape.radius.default,
      background: 'transparent',
      cursor: 'pointer',
      '&:hover': { background: theme.colors.action.hover },
      '&:focus-visible': { outline: `2px solid ${theme.colors.primary.main}`, outlineOffset: -2 },
    }),
    off: css({ textDecoration: 'line-through', color: theme.colors.text.secondary, '& svg': { opacity: 0.4 } }),
    count: css({ color: theme.colors.text.secondary }),
  };
};
