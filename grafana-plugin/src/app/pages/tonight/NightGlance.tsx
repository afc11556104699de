import React from 'react';
import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { type NightPart, nightParts } from './night-parts';

/** How many of what, worst first; a click goes there. Parts that are not known are left out. */
export function NightGlance({
  counts,
}: {
  readonly counts: Readonly<Partial<Record<NightPart, number>>>;
}): React.JSX.Element {
  const styles = useStyles2(getStyles);
  return (
    <nav aria-label="Tonight at a glance" className={styles.row}>
      {Object.entries(nightParts).map(([part, { title, tone }]) => {
        const count = counts[part as NightPart];
        return count === undefined ? null : (
          <button
            key={part}
            type="button"
            className={cx(styles.tile, count > 0 && styles[tone])}
            disabled={count === 0}
            onClick={() => document.getElementById(part)?.scrollIntoView({ block: 'start' })}
          >
            <span className={styles.count}>{count.toLocaleString()}</span> {title}
          </button>
        );
      })}
    </nav>
  );
}

const getStyles = (theme: GrafanaTheme2) => {
  const edge = (color: string) => css({ color: theme.colors.text.primary, borderLeftColor: color });
  return {
    row: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1), marginBottom: theme.spacing(2) }),
    tile: css({
      flex: '1 1 120px',
      padding: theme.spacing(0.75, 1.5),
      background: theme.colors.background.secondary,
      border: 'none',
      borderLeft: `4px solid ${theme.colors.border.medium}`,
      borderRadius: theme.shape.radius.default,
      color: theme.colors.text.secondary,
      fontSize: theme.typography.bodySmall.fontSize,
      textAlign: 'left',
      '&:enabled:hover': { background: theme.colors.action.hover },
      '&:focus-visible': { outline: `2px solid ${theme.colors.primary.main}`, outlineOffset: 2 },
    }),
    count: css({ display: 'block', fontSize: theme.typography.h4.fontSize, fontVariantNumeric: 'tabular-nums' }),
    bad: edge(theme.colors.error.main),
    warn: edge(theme.colors.warning.main),
    info: edge(theme.colors.info.main),
    neutral: edge(theme.colors.text.secondary),
  };
};
