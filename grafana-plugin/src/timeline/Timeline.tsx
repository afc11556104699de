import React from 'react';
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
  /** Height of a lane in CSS pixels; by default as much as fits, between 22 and 44. */
  readonly laneHeight?: number;
  readonly hiddenKinds?: readonly TimelineKind[];
  readonly showLegend?: boolean;
  /** Name filter above the lanes; shown from a dozen lanes on. */
  readonly showSearch?: boolean;
  /** Let the axis run on to the next planned window, at most to twice the range. */
  readonly extendToNextWindow?: boolean;
  /** Scope of the shared crosshair; none = not shared. */
  readonly syncScope?: string;
  readonly linksFor?: (subject: TimelineSubject) => readonly TimelineLink[];
  /** Drag, double click and "zoom to these events" ask for this range; without it the plot cannot be zoomed. */
  readonly onChangeTimeRange?: (range: TimeSpan) => void;
}

/** Lanes of device states with the patch events and windows of each drawn where they belong. */
export function Timeline(_props: TimelineProps): React.JSX.Element | null {
  return null;
}
