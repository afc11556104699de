import { type DataFrame, LoadingState, type PanelData } from '@grafana/data';
import { durationText } from '../timeline/model/describe';
import { eventsFromFrames, isEventsFrame } from '../timeline/model/frames-to-events';
import { lanesFromFrames } from '../timeline/model/frames-to-lanes';
import type { TimelineEvent, TimelineLane, TimelineWindow, TimeSpan } from '../timeline/types';
import type { PanelOptions } from './options';

export interface PanelView {
  readonly lanes: readonly TimelineLane[];
  readonly events: readonly TimelineEvent[];
  readonly windows: readonly TimelineWindow[];
  /** What a person should know or change; the lanes stay. */
  readonly notices: readonly string[];
  readonly newestMs?: number;
}

/** What is drawn, from the frames of the queries and the annotations of the dashboard. */
export function buildView(
  series: readonly DataFrame[],
  annotations: readonly DataFrame[],
  options: PanelOptions,
  untilMs: number,
): PanelView {
  const states = series.filter((frame) => !isEventsFrame(frame));
  const dated = [...series.filter(isEventsFrame), ...(options.useAnnotations ? annotations : [])];
  const { lanes, problems, newestMs } = lanesFromFrames(states, {
    instanceLabel: options.instanceLabel,
    organizationLabel: options.organizationLabel,
    laneLabel: options.laneLabel,
    noDataAfterMs: options.noDataAfterSeconds * 1000,
    untilMs,
  });
  const read = eventsFromFrames(dated);
  return {
    lanes,
    events: read.events,
    windows: read.windows,
    notices: [...problems, ...read.problems],
    ...(newestMs === undefined ? {} : { newestMs }),
  };
}

/** Failed queries, one sentence each. The other queries' answers are drawn all the same. */
export function errorNotices(data: Pick<PanelData, 'errors'>): readonly string[] {
  return (data.errors ?? []).map((error) => {
    const query = error.refId === undefined ? 'A query' : `Query ${error.refId}`;
    const message = error.message ?? error.data?.message ?? error.statusText ?? 'no reason given';
    return `${query} failed: ${message.replace(/[.\s]+$/, '')}.`;
  });
}

const staleAfterMs = 5 * 60_000;

/** Says so when the range runs to now but the samples ended before. */
export function staleNotice(newestMs: number | undefined, range: TimeSpan, nowMs: number): string | undefined {
  const untilMs = Math.min(range.toMs, nowMs);
  const patienceMs = Math.max(staleAfterMs, (range.toMs - range.fromMs) * 0.02);
  const reachesNow = range.toMs >= nowMs - staleAfterMs;
  if (newestMs === undefined || !reachesNow || untilMs - newestMs <= patienceMs) {
    return undefined;
  }
  return `The newest uptime sample is ${durationText(untilMs - newestMs)} old: what happened since is unknown.`;
}

/** Shown in place of the lanes when there is nothing to draw. */
export function emptyText(view: PanelView, data: Pick<PanelData, 'state' | 'errors'>): string | undefined {
  if (view.lanes.length > 0 || view.events.length > 0 || view.windows.length > 0) {
    return undefined;
  }
  if (data.state === LoadingState.Loading || data.state === LoadingState.NotStarted) {
    return 'Loading lanes and events…';
  }
  const [reason] = [...errorNotices(data), ...view.notices];
  return (
    reason ??
    'No lanes and no events in this time range. Add a Prometheus query such as up (type Range) and a Patchhaven query of type Events.'
  );
}
