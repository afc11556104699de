import React from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { shareText } from '../../shared/format/share';

export interface VerdictCounts {
  readonly devices: number;
  readonly compliant: number;
  readonly nonCompliant: number;
  readonly unknown: number;
}

/** How much is compliant, how much is not, and how much nobody knows: unknown never adds to compliant. */
export function ShareBar({ counts }: { readonly counts: VerdictCounts }): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const { devices, compliant, nonCompliant, unknown } = counts;
  const width = (count: number) => ({ width: devices === 0 ? 0 : `${(100 * count) / devices}%` });
  return (
    <div>
      <div className={styles.bar} aria-hidden>
        <span className={styles.compliant} style={width(compliant)} />
        <span className={styles.nonCompliant} style={width(nonCompliant)} />
        <span className={styles.unknown} style={width(unknown)} />
      </div>
      <span className={styles.words}>
        {shareText(compliant, devices)} compliant
        {nonCompliant > 0 && `, ${nonCompliant.toLocaleString()} not`}
        {unknown > 0 && `, ${unknown.toLocaleString()} unknown`}
      </span>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  bar: css({
    display: 'flex',
    height: 8,
    minWidth: 120,
    borderRadius: theme.shape.radius.default,
    overflow: 'hidden',
    background: theme.colors.background.secondary,
    border: `1px solid ${theme.colors.border.weak}`,
  }),
  compliant: css({ background: theme.colors.success.main }),
  nonCompliant: css({ background: theme.colors.error.main }),
  // Hatched, so that it is told apart without colour.
  unknown: css({
    background: `repeating-linear-gradient(45deg, ${theme.colors.text.disabled} 0 3px, transparent 3px 6px)`,
  }),
  words: css({ fontSize: theme.typography.bodySmall.fontSize, color: theme.colors.text.secondary }),
});
