import { useMemo } from 'react';
import { axisHeightPx, fitLaneHeight, gutterWidth, laneShape, plotPaddingPx } from './model/geometry';
import type { LaneRows } from './model/lane-rows';
import { Scene } from './model/scene';
import { rankRows, searchRows } from './model/sort-rows';
import { extendRange, nextWindow } from './model/windows';
import {
  type LaneSort,
  type MarkerKind,
  markerKinds,
  type TimelineEvent,
  type TimelineKind,
  type TimelineWindow,
  type TimeSpan,
  type WindowKind,
  windowKinds,
} from './types';

interface SceneInput {
  readonly found: LaneRows;
  readonly windows: readonly TimelineWindow[];
  readonly range: TimeSpan;
  readonly nowMs: number;
  readonly sort: LaneSort;
  readonly search: string;
  readonly hidden: ReadonlySet<TimelineKind>;
  readonly extend: boolean;
  readonly laneHeight: number | undefined;
  readonly widthPx: number;
  readonly heightPx: number;
}

interface SceneOutput {
  readonly scene: Scene;
  readonly gutterPx: number;
  /** The next window that begins after what is shown. */
  readonly upcoming: TimelineWindow | undefined;
}

/** Room for the scrollbar beside the plot. */
const scrollbarPx = 10;

/** From data to what is drawn, each step kept while its input stays. */
export function useScene(input: SceneInput): SceneOutput {
  const { found, windows, range, nowMs, sort, search, hidden, extend, laneHeight, widthPx, heightPx } = input;
  const { fromMs, toMs } = range;
  const shown = useMemo(() => {
    const asked = { fromMs, toMs };
    return extend ? extendRange(asked, windows, nowMs) : asked;
  }, [extend, fromMs, toMs, windows, nowMs]);
  const ranked = useMemo(() => rankRows(found.rows, sort, Math.min(nowMs, toMs)), [found, sort, nowMs, toMs]);
  const rows = useMemo(() => searchRows(ranked, search), [ranked, search]);
  const gutterPx = gutterWidth(widthPx);
  const scene = useMemo(() => {
    const plotPx = Math.max(40, Math.floor(widthPx - gutterPx - 2 * plotPaddingPx - scrollbarPx));
    const shape = laneShape(fitLaneHeight(heightPx - axisHeightPx, rows.length, laneHeight));
    return new Scene({ rows, scale: { range: shown, widthPx: plotPx }, shape, hidden, nowMs });
  }, [rows, shown, hidden, nowMs, laneHeight, widthPx, heightPx, gutterPx]);
  const next = nextWindow(windows, nowMs);
  return { scene, gutterPx, upcoming: next && next.fromMs > shown.toMs ? next : undefined };
}

/** How often each kind occurs in the range, in the order of the legend. */
export function countKinds(
  events: readonly TimelineEvent[],
  windows: readonly TimelineWindow[],
): ReadonlyMap<TimelineKind, number> {
  const counts = new Map<TimelineKind, number>();
  for (const { kind } of [...events, ...windows]) {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const order: ReadonlyArray<MarkerKind | WindowKind> = [...windowKinds, ...markerKinds];
  return new Map(order.flatMap((kind) => (counts.has(kind) ? [[kind, counts.get(kind) ?? 0] as const] : [])));
}
