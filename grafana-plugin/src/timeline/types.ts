import { markerKinds, regionKinds } from '../shared/frames/event-frame';

export { markerKinds, regionKinds as windowKinds };
export type MarkerKind = (typeof markerKinds)[number];
export type WindowKind = (typeof regionKinds)[number];
export type TimelineKind = MarkerKind | WindowKind;

/** `degraded` lies between up and down; `other` is a state with a word of its own; `unknown` means no data. */
export type LaneState = 'up' | 'down' | 'degraded' | 'other' | 'unknown';

/** A stretch of one state, end exclusive. Times are Unix milliseconds throughout the timeline. */
export interface StateSpan {
  readonly fromMs: number;
  readonly toMs: number;
  readonly state: LaneState;
  /** As the data said it, e.g. `1`, `Down`. */
  readonly text: string;
  /** What the field's value mappings give this state, as CSS has it. */
  readonly color?: string;
}

/** One series of a device, e.g. `up{job="node"}`. Spans are sorted and do not overlap; what lies between is unknown. */
export interface LaneSeries {
  readonly name: string;
  readonly spans: readonly StateSpan[];
}

/** What names a device. Events find their lane by it; a missing part matches anything, unless that leaves two lanes. */
export interface LaneRef {
  readonly organization?: string;
  /** The Prometheus label. */
  readonly instance?: string;
  /** `<source>:<vendor id>`. */
  readonly device?: string;
  readonly deviceName?: string;
}

export interface TimelineLane {
  readonly ref: LaneRef;
  readonly label: string;
  /** Empty for a device without uptime series. */
  readonly series: readonly LaneSeries[];
}

export interface TimelineLink {
  readonly title: string;
  readonly href: string;
  /** Opens in a new tab: vendor pages, ticket systems. */
  readonly external?: boolean;
}

export interface TimelineEvent {
  /** Two events of one id are one event. */
  readonly id: string;
  readonly kind: MarkerKind;
  readonly ref: LaneRef;
  readonly atMs: number;
  /** For things that took a while. */
  readonly endMs?: number;
  readonly title: string;
  /** Plain text; markup is shown as written. */
  readonly detail?: string;
  readonly severity?: string;
  readonly links?: readonly TimelineLink[];
}

export interface TimelineWindow {
  readonly id: string;
  readonly kind: WindowKind;
  readonly ref: LaneRef;
  readonly fromMs: number;
  /** When it closed, or null while it is open: it is then drawn up to now. */
  readonly toMs: number | null;
  /** Its absolute end. An open window past it is overdue. */
  readonly endsMs?: number;
  readonly title: string;
  readonly detail?: string;
  /** How it ended: `returned`, `overdue`, `cancelled`, … */
  readonly outcome?: string;
  readonly links?: readonly TimelineLink[];
}

export const laneSorts = ['trouble', 'name', 'organization'] as const;
export type LaneSort = (typeof laneSorts)[number];

export interface TimeSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What the pinned card is about: links are asked for this. */
export interface TimelineSubject {
  readonly ref: LaneRef;
  readonly atMs: number;
  readonly span: TimeSpan;
  readonly event?: TimelineEvent;
  readonly window?: TimelineWindow;
}
