import React, { useId } from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Text, useStyles2 } from '@grafana/ui';

interface Props {
  /** For links within the page. */
  readonly id?: string;
  readonly title: React.ReactNode;
  /** What this part is about, in a sentence. */
  readonly description?: string;
  readonly actions?: React.ReactNode;
  readonly children: React.ReactNode;
}

/** A part of a page with a heading of its own. */
export function Section({ id, title, description, actions, children }: Props): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const heading = useId();
  return (
    <section id={id} aria-labelledby={heading} className={styles.section}>
      <header className={styles.header}>
        <div>
          <h2 id={heading} className={styles.title}>
            {title}
          </h2>
          {description !== undefined && (
            <Text color="secondary" variant="bodySmall">
              {description}
            </Text>
          )}
        </div>
        {actions}
      </header>
      {children}
    </section>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  section: css({
    marginBottom: theme.spacing(2),
    padding: theme.spacing(2),
    background: theme.colors.background.primary,
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
  }),
  header: css({
    display: 'flex',
    justifyContent: 'space-between',
    alignItems: 'flex-start',
    gap: theme.spacing(2),
    marginBottom: theme.spacing(1),
  }),
  title: css({ ...theme.typography.h5, margin: 0 }),
});
