import React from 'react';
import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Badge, type BadgeColor, useStyles2 } from '@grafana/ui';
import type { Look, Tone } from '../../shared/format/looks';

const colors: Record<Tone, BadgeColor> = {
  good: 'green',
  bad: 'red',
  warn: 'orange',
  info: 'blue',
  neutral: 'darkgrey',
};

/** A state as icon and words; colour comes third. `title` says more on hover. */
export function StateBadge({ look, title }: { readonly look: Look; readonly title?: string }): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const className = cx(styles.badge, look.tone === 'neutral' && styles.neutral);
  return <Badge className={className} text={look.text} icon={look.icon} color={colors[look.tone]} title={title} />;
}

const getStyles = (theme: GrafanaTheme2) => ({
  badge: css({ whiteSpace: 'nowrap' }),
  // Grafana 12's own grey on grey is too faint in the light theme for WCAG AA.
  neutral: css({ color: theme.colors.text.primary }),
});
