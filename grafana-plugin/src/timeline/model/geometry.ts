import type { LaneState, TimeSpan } from '../types';

export const axisHeightPx = 30;
/** Room at both ends of the axis, so that a marker at the edge is whole. */
export const plotPaddingPx = 10;

/** Parts of a lane in CSS pixels from its top: markers above, states below, so that neither hides the other. */
export interface LaneShape {
  readonly heightPx: number;
  readonly markerPx: number;
  readonly markerMiddlePx: number;
  readonly stripTopPx: number;
  readonly stripPx: number;
}

const smallestLanePx = 22;
const comfortableLanePx = 28;
const largestLanePx = 44;

/** As high as fits the room, within what can be read and hit. */
export function fitLaneHeight(roomPx: number, lanes: number, wantedPx?: number): number {
  const fit = wantedPx ?? Math.max(comfortableLanePx, Math.floor(roomPx / Math.max(1, lanes)));
  return Math.min(largestLanePx, Math.max(smallestLanePx, fit));
}

export function laneShape(heightPx: number): LaneShape {
  const paddingPx = heightPx >= 30 ? 4 : 2;
  const stripPx = Math.min(12, Math.max(6, Math.round(heightPx * 0.28)));
  const stripTopPx = heightPx - paddingPx - stripPx;
  const markerPx = Math.min(16, stripTopPx - paddingPx);
  return { heightPx, markerPx, markerMiddlePx: paddingPx / 2 + stripTopPx / 2, stripTopPx, stripPx };
}

/** Distance below which two markers become one: the marker and its count. */
export function clusterWidthPx({ markerPx }: LaneShape): number {
  return markerPx + 10;
}

/** Width of the lane names. */
export function gutterWidth(widthPx: number): number {
  return Math.round(Math.min(240, Math.max(84, widthPx * 0.18)));
}

export interface TimeScale {
  readonly range: TimeSpan;
  /** Width of the plotting area in CSS pixels. */
  readonly widthPx: number;
}

export function xOf({ range, widthPx }: TimeScale, atMs: number): number {
  return ((atMs - range.fromMs) / (range.toMs - range.fromMs)) * widthPx;
}

export function timeOf({ range, widthPx }: TimeScale, xPx: number): number {
  return range.fromMs + (xPx / widthPx) * (range.toMs - range.fromMs);
}

export function msPerPx({ range, widthPx }: TimeScale): number {
  return (range.toMs - range.fromMs) / Math.max(1, widthPx);
}

/** Rows in view, `end` exclusive. */
export function visibleRows(scrollTopPx: number, viewPx: number, lanePx: number, lanes: number, extra = 0) {
  const start = Math.max(0, Math.floor(scrollTopPx / lanePx) - extra);
  const end = Math.min(lanes, Math.ceil((scrollTopPx + viewPx) / lanePx) + extra);
  return { start: Math.min(start, lanes), end };
}

/** Share of the strip's height: an outage stands out by its height, not only by its colour. */
export const stateHeights: Readonly<Record<Exclude<LaneState, 'unknown'>, number>> = {
  up: 0.45,
  other: 0.6,
  degraded: 0.75,
  down: 1,
};
