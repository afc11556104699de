import { css } from '@emotion/css';
import React from 'react';
import type { GrafanaTheme2 } from '@grafana/data';
import { TextLink, useStyles2 } from '@grafana/ui';
import type { TimelineLink } from '../types';

/** A row of links; paths are of this Grafana, wherever it is served. */
export function Links({ links }: { readonly links: readonly TimelineLink[] }): React.JSX.Element | null {
  const styles = useStyles2(getStyles);
  if (links.length === 0) {
    return null;
  }
  return (
    <div className={styles.links}>
      {links.map(({ title, href, external }) => (
        <TextLink key={href} href={href} external={external} variant="bodySmall">
          {title}
        </TextLink>
      ))}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  links: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(0.5, 1.5), padding: theme.spacing(0.5, 0) }),
});
