import React from 'react';
import { css } from '@emotion/css';
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
  const neutral = useStyles2(getNeutralStyle);
  const className = look.tone === 'neutral' ? neutral : undefined;
  return <Badge className={className} text={look.text} icon={look.icon} color={colors[look.tone]} title={title} />;
}

/** Grafana 12's own grey on grey is too faint in the light theme for WCAG AA. */
const getNeutralStyle = (theme: GrafanaTheme2) => css({ color: theme.colors.text.primary });
