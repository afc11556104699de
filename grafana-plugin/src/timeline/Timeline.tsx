import { css } from '@emotion/css';
import React, { useCallback, useMemo, useState } from 'react';
import { dateTimeFormat, type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { Card } from './components/Card';
import { HitDetails } from './components/HitDetails';
import { LaneGrid } from './components/LaneGrid';
import { Legend, legendHeight } from './components/Legend';
import { Notices } from './components/Notices';
import { Toolbar } from './components/Toolbar';
import { countOf } from './model/describe';
import { buildLaneRows, type LaneRows } from './model/lane-rows';
import type { Hit } from './model/scene';
import { stateKeys } from './model/state-key';
import { LanePlot } from './plot/LanePlot';
import type {
  LaneSort,
  TimelineEvent,
  TimelineKind,
  TimelineLane,
  TimelineLink,
  TimelineSubject,
  TimelineWindow,
  TimeSpan,
} from './types';
import { useLaneKeys } from './use-lane-keys';
import { usePointer } from './use-pointer';
import { countKinds, useScene } from './use-scene';

export interface TimelineProps {
  readonly lanes: readonly TimelineLane[];
  readonly events: readonly TimelineEvent[];
  readonly windows: readonly TimelineWindow[];
  readonly range: TimeSpan;
  /** As Grafana gives it: `browser`, `utc` or an IANA name. */
  readonly timeZone: string;
  /** Open windows run to here. */
  readonly nowMs: number;
  /** Size of the whole component in CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly sort?: LaneSort;
  /** Height of a lane in CSS pixels; by default as much as fits, between 28 and 44. */
  readonly laneHeight?: number;
  /** Kinds that are hidden at first; the legend shows them again. */
  readonly hiddenKinds?: readonly TimelineKind[];
  readonly showLegend?: boolean;
  /** Search and sorting above the lanes. */
  readonly showToolbar?: boolean;
  /** Let the axis run on to the next planned window, at most to twice the range. */
  readonly extendToNextWindow?: boolean;
  /** Says how to add uptime where there is none; false for a page that says so itself. */
  readonly adviseUptime?: boolean;
  /** Sentences about what is missing or wrong, shown above the lanes. */
  readonly notices?: readonly string[];
  readonly linksFor?: (subject: TimelineSubject) => readonly TimelineLink[];
  /** Drag, double click and "zoom to these events" ask for this range; without it the plot cannot be zoomed. */
  readonly onChangeTimeRange?: (range: TimeSpan) => void;
}

const noKinds: readonly TimelineKind[] = [];
const noNotices: readonly string[] = [];
const noLinks = (): readonly TimelineLink[] => [];
const barPx = { notices: 26, toolbar: 38 };
/** From these heights on there is room for more than the plot. */
const roomPx = { legend: 220, toolbar: 300 };
const legendLines = (width: number, height: number) => (height >= (width >= 700 ? 240 : 360) ? 2 : 1);

/** Lanes of device states with the patch events and windows of each drawn where they belong. */
export function Timeline(props: TimelineProps): React.JSX.Element {
  const {
    lanes,
    events,
    windows,
    range,
    timeZone,
    nowMs,
    width,
    height,
    linksFor = noLinks,
    onChangeTimeRange,
  } = props;
  const styles = useStyles2(getStyles);
  const [search, setSearch] = useState('');
  const [chosenSort, setSort] = useState<LaneSort>();
  const [extended, setExtended] = useState(false);
  const { hidden, toggle } = useHiddenKinds(props.hiddenKinds ?? noKinds);
  const sort = chosenSort ?? props.sort ?? 'trouble';
  const counts = useMemo(() => countKinds(events, windows), [events, windows]);
  const states = useMemo(() => stateKeys(lanes), [lanes]);

  const showToolbar = height >= roomPx.toolbar && (props.showToolbar ?? lanes.length > 1);
  const showLegend = height >= roomPx.legend && (props.showLegend ?? true);
  const given = props.notices ?? noNotices;
  const advise = props.adviseUptime ?? true;
  const found = useMemo(() => buildLaneRows(lanes, events, windows), [lanes, events, windows]);
  const notices = useMemo(() => [...given, ...laneNotices(found, advise)], [given, found, advise]);
  const showNotices = notices.length > 0;
  const legendPx = showLegend ? legendHeight(states, counts, width, legendLines(width, height)) : 0;
  const heightPx = height - (showNotices ? barPx.notices : 0) - (showToolbar ? barPx.toolbar : 0) - legendPx;
  const extend = extended || (props.extendToNextWindow ?? false);
  const sceneOf = { found, windows, range, nowMs, sort, search, hidden, extend, laneHeight: props.laneHeight };
  const { scene, gutterPx, upcoming } = useScene({ ...sceneOf, widthPx: width, heightPx });

  const format = useCallback((atMs: number) => dateTimeFormat(atMs, { timeZone }), [timeZone]);
  const pointer = usePointer(scene, onChangeTimeRange);
  const keys = useLaneKeys(scene, heightPx);
  const hrefOf = useCallback(
    (rowIndex: number) => {
      const row = scene.rows[rowIndex];
      const span = scene.scale.range;
      return row?.scope === 'device' ? linksFor({ ref: row.lane.ref, atMs: span.toMs, span })[0]?.href : undefined;
    },
    [scene, linksFor],
  );
  const showUpcoming = useCallback(() => setExtended(true), []);
  const { hit, pinned } = pointer;

  return (
    <div className={styles.root} style={{ width, height }} data-testid="patch-timeline">
      {showNotices && (
        <div style={{ height: barPx.notices }}>
          <Notices notices={notices} />
        </div>
      )}
      {showToolbar && (
        <div style={{ height: barPx.toolbar }}>
          <Toolbar
            search={search}
            onSearch={setSearch}
            sort={sort}
            onSort={setSort}
            shown={scene.rows.length}
            lanes={found.rows.length}
            upcoming={upcoming && `Next window ${format(upcoming.fromMs)}`}
            onShowUpcoming={showUpcoming}
          />
        </div>
      )}
      {scene.rows.length === 0 && <NoLanes search={search} heightPx={heightPx} />}
      {scene.rows.length > 0 && (
        <LanePlot
          scene={scene}
          timeZone={timeZone}
          gutterPx={gutterPx}
          widthPx={width}
          heightPx={heightPx}
          scrollRef={keys.scrollRef}
          onScroll={keys.onScroll}
          onHover={pointer.onHover}
          onPin={pointer.onPin}
          onZoom={onChangeTimeRange}
          corner={countOf(scene.rows.length, 'lane')}
        >
          <LaneGrid
            scene={scene}
            rowIndexes={keys.rowIndexes}
            gutterPx={gutterPx}
            place={keys.place}
            format={format}
            hrefOf={hrefOf}
            onKeyDown={keys.onKeyDown}
            onPin={pointer.onPinMarker}
          />
        </LanePlot>
      )}
      {showLegend && (
        <div style={{ height: legendPx }}>
          <Legend states={states} counts={counts} hidden={hidden} onToggle={toggle} />
        </div>
      )}
      {hit && (
        <Card anchor={pointer.anchor} label={hit.row.lane.label} pinned={pinned} onClose={pointer.onClose}>
          <HitDetails
            hit={hit}
            nowMs={nowMs}
            format={format}
            pinned={pinned}
            links={pinned ? linksFor(subjectOf(hit, scene.scale.range)) : []}
            onZoom={onChangeTimeRange && pointer.onZoom}
          />
        </Card>
      )}
    </div>
  );
}

function useHiddenKinds(initial: readonly TimelineKind[]) {
  const [toggled, setToggled] = useState<ReadonlySet<TimelineKind>>(new Set());
  const hidden = useMemo(() => {
    const kinds = new Set(initial);
    toggled.forEach((kind) => (kinds.has(kind) ? kinds.delete(kind) : kinds.add(kind)));
    return kinds;
  }, [initial, toggled]);
  const toggle = useCallback((kind: TimelineKind) => {
    setToggled((before) => {
      const after = new Set(before);
      if (!after.delete(kind)) {
        after.add(kind);
      }
      return after;
    });
  }, []);
  return { hidden, toggle };
}

function subjectOf(hit: Hit, span: TimeSpan): TimelineSubject {
  return {
    ref: hit.row.lane.ref,
    atMs: hit.atMs,
    span,
    event: hit.cluster?.events[0],
    window: hit.windows[0],
  };
}

function laneNotices(found: LaneRows, advise: boolean): readonly string[] {
  const notices: string[] = [];
  const devices = found.rows.filter((row) => row.scope === 'device').length;
  if (advise && found.withoutUptime > 0) {
    const some = `${countOf(found.withoutUptime, 'device has', 'devices have')} events but no uptime series.`;
    notices.push(
      found.withoutUptime === devices ? 'No uptime series: add a Prometheus query such as up, type Range.' : some,
    );
  }
  const [name] = found.ambiguous;
  if (name !== undefined) {
    const others = found.ambiguous.length > 1 ? ` and ${found.ambiguous.length - 1} more` : '';
    notices.push(`Several lanes answer to ${name}${others}: those events stand on lanes of their own.`);
  }
  if (found.unassigned > 0) {
    notices.push(`${countOf(found.unassigned, 'event')} without a device: see the lane "Without a device".`);
  }
  return notices;
}

function NoLanes({ search, heightPx }: { readonly search: string; readonly heightPx: number }) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.empty} style={{ height: heightPx }} role="status">
      {search ? `No lane matches "${search}".` : 'No devices and no events in this time range.'}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  root: css({ position: 'relative', overflow: 'hidden' }),
  empty: css({ display: 'grid', placeItems: 'center', color: theme.colors.text.secondary }),
});
