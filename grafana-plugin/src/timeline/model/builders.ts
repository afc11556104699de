import type { LaneRef, LaneState, TimelineEvent, TimelineLane, TimelineWindow } from '../types';
import { buildLaneRows } from './lane-rows';
import { Scene } from './scene';
import { rankRows } from './sort-rows';
import { laneShape } from './geometry';

/** Things to test with; times are minutes on a clock of their own. */
export const minutes = (count: number): number => count * 60_000;

export function aLane(
  ref: LaneRef,
  ...spans: Array<readonly [from: number, to: number, state: LaneState]>
): TimelineLane {
  const series = spans.map(([from, to, state]) => ({ fromMs: minutes(from), toMs: minutes(to), state, text: state }));
  return {
    ref,
    label: ref.instance ?? ref.device ?? '',
    series: spans.length > 0 ? [{ name: 'up', spans: series }] : [],
  };
}

export function anEvent(given: Partial<TimelineEvent> & { readonly at?: number } = {}): TimelineEvent {
  const { at = 0, ...rest } = given;
  return { id: `e${at}`, kind: 'note', ref: { instance: 'web-01' }, atMs: minutes(at), title: 'a note', ...rest };
}

export function aWindow(
  given: Partial<TimelineWindow> & { readonly from?: number; readonly to?: number | null } = {},
): TimelineWindow {
  const { from = 0, to = null, ...rest } = given;
  return {
    id: `w${from}`,
    kind: 'quiet',
    ref: { instance: 'web-01' },
    fromMs: minutes(from),
    toMs: to === null ? null : minutes(to),
    title: 'a window',
    ...rest,
  };
}

/** 100 minutes over 1000 pixels, now at the end. */
export function aScene(
  lanes: readonly TimelineLane[],
  events: readonly TimelineEvent[] = [],
  windows: readonly TimelineWindow[] = [],
): Scene {
  const nowMs = minutes(100);
  return new Scene({
    rows: rankRows(buildLaneRows(lanes, events, windows).rows, 'name', nowMs),
    scale: { range: { fromMs: 0, toMs: nowMs }, widthPx: 1000 },
    shape: laneShape(30),
    hidden: new Set(),
    nowMs,
  });
}
