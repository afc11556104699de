import { css } from '@emotion/css';
import React, { memo } from 'react';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, type IconName, Link, useStyles2 } from '@grafana/ui';
import { clusterLabel, type FormatTime, laneSummary } from '../model/describe';
import { plotPaddingPx, xOf } from '../model/geometry';
import type { Scene } from '../model/scene';
import type { RankedRow } from '../model/sort-rows';
import { type Trouble, troubleLabels } from '../model/trouble';

interface Props {
  readonly row: RankedRow;
  readonly rowIndex: number;
  readonly scene: Scene;
  readonly gutterPx: number;
  /** `name`, or the id of a cluster, where the tab key stops in this row. */
  readonly focusId: string | undefined;
  readonly format: FormatTime;
  readonly hrefOf: (rowIndex: number) => string | undefined;
  readonly onPin: (rowIndex: number, clusterId: string, element: HTMLElement) => void;
}

const twoLinesFromPx = 36;

/** One lane of the grid: its name, what is wrong with it, and a focusable element over each marker. */
export const LaneRow = memo(function LaneRow(props: Props): React.JSX.Element {
  const { row, rowIndex, scene, gutterPx, focusId, format, hrefOf, onPin } = props;
  const styles = useStyles2(getStyles);
  const { heightPx, markerPx, markerMiddlePx } = scene.shape;
  const href = hrefOf(rowIndex);
  const tabIndex = (id: string) => (focusId === id ? 0 : -1);
  const name = { className: styles.name, tabIndex: tabIndex('name'), 'data-place': 'name', title: row.lane.label };
  return (
    <div
      role="row"
      aria-rowindex={rowIndex + 1}
      data-row={row.key}
      className={styles.row}
      style={{ top: rowIndex * heightPx, height: heightPx }}
    >
      <div role="rowheader" className={styles.header} style={{ width: gutterPx }}>
        <TroubleIcon trouble={row.trouble} />
        <span className={styles.words}>
          {href === undefined ? (
            <span {...name}>{row.lane.label}</span>
          ) : (
            <Link {...name} href={href} draggable={false}>
              {row.lane.label}
            </Link>
          )}
          {heightPx >= twoLinesFromPx && <SecondLine row={row} />}
        </span>
        <span className={styles.heard}>{laneSummary(row, scene)}</span>
      </div>
      <div role="gridcell" className={styles.cell}>
        {scene.clustersOf(row).map((cluster) => (
          <button
            key={cluster.id}
            type="button"
            tabIndex={tabIndex(cluster.id)}
            data-place={cluster.id}
            aria-label={clusterLabel(cluster, format)}
            aria-haspopup="dialog"
            className={styles.marker}
            style={{
              left: gutterPx + plotPaddingPx + xOf(scene.scale, cluster.fromMs) - markerPx / 2 - 2,
              top: markerMiddlePx - markerPx / 2 - 2,
              width: markerPx + 4,
              height: markerPx + 4,
            }}
            onClick={(event) => onPin(rowIndex, cluster.id, event.currentTarget)}
          />
        ))}
      </div>
    </div>
  );
});

function SecondLine({ row }: { readonly row: RankedRow }) {
  const styles = useStyles2(getStyles);
  const words = [troubleLabels[row.trouble], row.scope === 'device' ? row.lane.ref.organization : ''].filter(Boolean);
  const text = words.length > 0 ? words.join(' · ') : row.lane.series.length === 0 ? 'No uptime series' : '';
  return <span className={styles.second}>{text}</span>;
}

const troubleIcons: Readonly<Partial<Record<Trouble, IconName>>> = {
  overdue: 'exclamation-circle',
  down: 'arrow-down',
  'verification-failed': 'times-circle',
  'install-failed': 'exclamation-triangle',
  'no-data': 'question-circle',
  'down-explained': 'bell-slash',
  degraded: 'exclamation-triangle',
  'gate-failed': 'exclamation-triangle',
  'reboot-pending': 'history',
  'window-open': 'clock-nine',
};
const urgent: readonly Trouble[] = ['overdue', 'down', 'verification-failed'];

function TroubleIcon({ trouble }: { readonly trouble: Trouble }) {
  const styles = useStyles2(getStyles);
  const icon = troubleIcons[trouble];
  return (
    <span
      className={urgent.includes(trouble) ? styles.urgent : styles.icon}
      title={troubleLabels[trouble]}
      aria-hidden="true"
    >
      {icon && <Icon name={icon} size="sm" />}
    </span>
  );
}

const getStyles = (theme: GrafanaTheme2) => {
  const icon = { flex: '0 0 16px', display: 'inline-flex', pointerEvents: 'auto' } as const;
  const oneLine = { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' } as const;
  const ring = { outline: `2px solid ${theme.colors.primary.main}`, outlineOffset: 0 };
  return {
    row: css({ position: 'absolute', left: 0, right: 0 }),
    header: css({
      height: '100%',
      display: 'flex',
      alignItems: 'center',
      gap: theme.spacing(0.5),
      padding: theme.spacing(0, 0.5),
      overflow: 'hidden',
    }),
    words: css({ display: 'flex', flexDirection: 'column', minWidth: 0 }),
    name: css({
      ...oneLine,
      pointerEvents: 'auto',
      lineHeight: '18px',
      fontSize: theme.typography.bodySmall.fontSize,
      color: theme.colors.text.primary,
      '&[href]:hover': { color: theme.colors.text.link, textDecoration: 'underline' },
      '&:focus-visible': { ...ring, outlineOffset: -2 },
    }),
    second: css({ ...oneLine, lineHeight: '14px', fontSize: 11, color: theme.colors.text.secondary }),
    icon: css({ ...icon, color: theme.colors.warning.text }),
    urgent: css({ ...icon, color: theme.colors.error.text }),
    cell: css({ position: 'absolute', inset: 0 }),
    marker: css({
      position: 'absolute',
      padding: 0,
      border: 'none',
      background: 'transparent',
      borderRadius: theme.shape.radius.default,
      '&:focus': ring,
      '&:focus:not(:focus-visible)': { outline: 'none' },
    }),
    heard: css({
      position: 'absolute',
      width: 1,
      height: 1,
      overflow: 'hidden',
      clipPath: 'inset(50%)',
      whiteSpace: 'nowrap',
    }),
  };
};
