import { css } from '@emotion/css';
import { type GrafanaTheme2, PageLayoutType } from '@grafana/data';
import type { PluginPageProps } from '@grafana/runtime';
import { Tab, TabsBar, useStyles2 } from '@grafana/ui';
import React from 'react';
import { usePageTitle } from './page-title';

/** A page of an app as Grafana frames it: title, actions, tabs, contents. */
export function PluginPage(props: PluginPageProps): React.JSX.Element {
  const { actions, children, info, layout = PageLayoutType.Standard, pageNav, renderTitle, subTitle } = props;
  const styles = useStyles2(getStyles);
  const fallback = usePageTitle();
  const title = pageNav?.text ?? fallback;
  const sub = subTitle ?? pageNav?.subTitle;
  if (layout !== PageLayoutType.Standard) return <div className={styles.canvas}>{children}</div>;
  return (
    <div className={styles.page}>
      <div className={styles.header}>
        <div className={styles.topRow}>
          <div className={styles.title}>
            {renderTitle === undefined ? <h1>{title}</h1> : renderTitle(title)}
            {info !== undefined && (
              <div className={styles.info}>
                {info.map(({ label, value }) => (
                  <div key={label}>
                    <div className={styles.label}>{label}</div>
                    {value}
                  </div>
                ))}
              </div>
            )}
          </div>
          <div className={styles.actions}>{actions}</div>
        </div>
        {sub !== undefined && <div className={styles.subTitle}>{sub}</div>}
      </div>
      {pageNav?.children !== undefined && (
        <TabsBar>
          {pageNav.children.map((child) => (
            <Tab key={child.url} label={child.text} active={child.active} href={child.url} icon={child.icon as never} />
          ))}
        </TabsBar>
      )}
      <div className={styles.content}>{children}</div>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  page: css({
    display: 'flex',
    flexDirection: 'column',
    flexGrow: 1,
    minHeight: 'calc(100vh - 40px)',
    background: theme.colors.background.primary,
    padding: theme.spacing(4),
    container: 'page / inline-size',
  }),
  canvas: css({ display: 'flex', flexDirection: 'column', padding: theme.spacing(2) }),
  header: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1), marginBottom: theme.spacing(2) }),
  topRow: css({ display: 'flex', flexWrap: 'wrap', alignItems: 'flex-start', gap: theme.spacing(1, 3) }),
  title: css({
    display: 'flex',
    flex: 1,
    flexWrap: 'wrap',
    justifyContent: 'space-between',
    minWidth: 200,
    gap: theme.spacing(1, 4),
    h1: { marginBottom: 0 },
  }),
  info: css({ display: 'flex', gap: theme.spacing(3) }),
  label: css({ color: theme.colors.text.secondary, ...theme.typography.bodySmall }),
  actions: css({ display: 'flex', gap: theme.spacing(1) }),
  subTitle: css({ color: theme.colors.text.secondary }),
  content: css({ flexGrow: 1 }),
});
