import { css } from '@emotion/css';
import React, { memo } from 'react';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { countOf, type FormatTime } from '../model/describe';
import type { Scene } from '../model/scene';
import type { Place } from '../model/walk';
import { LaneRow } from './LaneRow';

export interface LaneGridProps {
  readonly scene: Scene;
  /** Rows that are in the DOM; the one that holds the focus stays in it, in view or not. */
  readonly rowIndexes: readonly number[];
  readonly gutterPx: number;
  /** The one place that the tab key reaches; arrows move it. */
  readonly place: Place | undefined;
  readonly format: FormatTime;
  readonly hrefOf: (rowIndex: number) => string | undefined;
  readonly onKeyDown: (event: React.KeyboardEvent<HTMLDivElement>) => void;
  readonly onPin: (rowIndex: number, clusterId: string, element: HTMLElement) => void;
}

/** Names and markers of the lanes in view as a grid that can be walked with the arrow keys. */
export const LaneGrid = memo(function LaneGrid(props: LaneGridProps): React.JSX.Element {
  const { scene, rowIndexes, gutterPx, place, format, hrefOf, onKeyDown, onPin } = props;
  const styles = useStyles2(getStyles);
  return (
    <div
      role="grid"
      aria-label={`Patch timeline, ${countOf(scene.rows.length, 'lane')}`}
      aria-rowcount={scene.rows.length}
      className={styles.grid}
      onKeyDown={onKeyDown}
    >
      {rowIndexes.map((rowIndex) => {
        const row = scene.rows[rowIndex];
        return (
          row && (
            <LaneRow
              key={row.key}
              row={row}
              rowIndex={rowIndex}
              scene={scene}
              gutterPx={gutterPx}
              focusId={place?.rowKey === row.key ? (place.clusterId ?? 'name') : undefined}
              format={format}
              hrefOf={hrefOf}
              onPin={onPin}
            />
          )
        );
      })}
    </div>
  );
});

const getStyles = (_theme: GrafanaTheme2) => ({
  // The canvas below takes the pointer; names take it back.
  grid: css({ position: 'absolute', inset: 0, pointerEvents: 'none' }),
});
