import React from 'react';
import { Badge, type BadgeColor } from '@grafana/ui';
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
  return <Badge text={look.text} icon={look.icon} color={colors[look.tone]} title={title} />;
}
