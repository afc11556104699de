import { css } from '@emotion/css';
import React, { memo } from 'react';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, Toggletip, useStyles2 } from '@grafana/ui';

/** The first sentence in a line; the rest behind a button. */
export const Notices = memo(function Notices({ notices }: { readonly notices: readonly string[] }): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const [first] = notices;
  return (
    <div className={styles.line} role="status">
      <Icon name="exclamation-triangle" size="sm" className={styles.icon} />
      <span className={styles.text} title={first}>
        {first}
      </span>
      {notices.length > 1 && (
        <Toggletip
          title="About this data"
          content={
            <ul className={styles.list}>
              {notices.map((notice) => (
                <li key={notice}>{notice}</li>
              ))}
            </ul>
          }
        >
          <button type="button" className={styles.more}>
            {notices.length - 1} more
          </button>
        </Toggletip>
      )}
    </div>
  );
});

const getStyles = (theme: GrafanaTheme2) => ({
  line: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(0.5),
    height: '100%',
    fontSize: theme.typography.bodySmall.fontSize,
    color: theme.colors.text.primary,
  }),
  icon: css({ color: theme.colors.warning.text, flexShrink: 0 }),
  text: css({ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }),
  list: css({ margin: 0, paddingLeft: theme.spacing(2) }),
  more: css({
    padding: theme.spacing(0, 0.5),
    border: 'none',
    background: 'transparent',
    color: theme.colors.text.link,
    whiteSpace: 'nowrap',
    '&:hover': { textDecoration: 'underline' },
  }),
});
