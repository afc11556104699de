import type { MarkerKind, TimelineEvent, TimeSpan } from '../types';
import { badness } from './kinds';

/** Events that stand too close to be told apart, drawn as one marker. */
export interface Cluster {
  /** Id of the first event: stays the same while the range moves. */
  readonly id: string;
  /** Where the marker is drawn: the time of the first event. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly events: readonly TimelineEvent[];
  /** Of the worst event. */
  readonly kind: MarkerKind;
}

/** Index of the first event at or after a time; events are sorted by `atMs`. */
export function firstAtOrAfter(events: readonly TimelineEvent[], atMs: number): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((events[middle]?.atMs ?? Infinity) < atMs) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/**
 * Groups the events of a lane that fall into the range. Each event is in exactly one cluster and two markers are at
 * least `widthMs` apart, so that markers never cover each other.
 * @param events sorted by `atMs`
 * @param widthMs the width of a marker as time
 */
export function clusterEvents(events: readonly TimelineEvent[], range: TimeSpan, widthMs: number): readonly Cluster[] {
  const clusters: Cluster[] = [];
  let members: TimelineEvent[] = [];
  for (let i = firstAtOrAfter(events, range.fromMs); i < events.length; i++) {
    const event = events[i];
    if (!event || event.atMs > range.toMs) {
      break;
    }
    const first = members[0];
    if (first && event.atMs - first.atMs >= widthMs) {
      clusters.push(clusterOf(members, first));
      members = [];
    }
    members.push(event);
  }
  const first = members[0];
  if (first) {
    clusters.push(clusterOf(members, first));
  }
  return clusters;
}

function clusterOf(events: readonly TimelineEvent[], first: TimelineEvent): Cluster {
  const worst = events.reduce((a, b) => (badness(b.kind) < badness(a.kind) ? b : a), first);
  return {
    id: first.id,
    fromMs: first.atMs,
    toMs: events[events.length - 1]?.atMs ?? first.atMs,
    events,
    kind: worst.kind,
  };
}

/** The range in which the events of a cluster stand apart; undefined when they happened at one moment. */
export function expandedRange(cluster: Cluster): TimeSpan | undefined {
  const spanMs = cluster.toMs - cluster.fromMs;
  if (spanMs < 1_000) {
    return undefined;
  }
  return {
    fromMs: cluster.fromMs - spanMs * 0.25,
    toMs: cluster.toMs + spanMs * 0.25,
  };
}
