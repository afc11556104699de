import React from 'react';
import { css, cx } from '@emotion/css';
import type { GrafanaTheme2, IconName } from '@grafana/data';
import { Icon, useStyles2 } from '@grafana/ui';

interface Props {
  readonly label: string;
  readonly selected: boolean;
  readonly onClick: () => void;
  /** Shown while it is selected. */
  readonly icon?: IconName;
}

/** A filter that is on or off. Grafana's own FilterPill does not tell screen readers which. */
export function TogglePill({ label, selected, onClick, icon = 'check' }: Props): React.JSX.Element {
  const styles = useStyles2(getStyles);
  return (
    <button
      type="button"
      className={cx(styles.pill, selected && styles.selected)}
      aria-pressed={selected}
      onClick={onClick}
    >
      {label}
      {selected && <Icon name={icon} size="sm" />}
    </button>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  pill: css({
    display: 'inline-flex',
    alignItems: 'center',
    gap: theme.spacing(0.5),
    minHeight: theme.spacing(4),
    padding: theme.spacing(0, 2),
    background: theme.colors.background.secondary,
    border: '1px solid transparent',
    borderRadius: theme.shape.radius.pill,
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    fontWeight: theme.typography.fontWeightMedium,
    '&:hover': { background: theme.colors.action.hover, color: theme.colors.text.primary },
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.main}`, outlineOffset: 2 },
  }),
  selected: css({
    background: theme.colors.action.selected,
    borderColor: theme.colors.border.strong,
    color: theme.colors.text.primary,
  }),
});
