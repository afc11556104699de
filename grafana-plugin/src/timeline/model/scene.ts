import type { StateSpan, TimelineKind, TimelineWindow } from '../types';
import { type Cluster, clusterEvents } from './cluster';
import { clusterWidthPx, type LaneShape, msPerPx, type TimeScale, timeOf, xOf } from './geometry';
import type { RankedRow } from './sort-rows';
import { spanAt } from './states';
import { drawnSpan } from './windows';

export interface SceneOptions {
  readonly rows: readonly RankedRow[];
  readonly scale: TimeScale;
  readonly shape: LaneShape;
  readonly hidden: ReadonlySet<TimelineKind>;
  readonly nowMs: number;
}

/** What lies under a point of the plot. */
export interface Hit {
  readonly row: RankedRow;
  readonly rowIndex: number;
  readonly atMs: number;
  readonly cluster?: Cluster;
  readonly windows: readonly TimelineWindow[];
  readonly states: ReadonlyArray<{ readonly name: string; readonly span?: StateSpan }>;
}

/** Everything that is to be drawn. Clusters of a lane are made when the lane is first looked at. */
export class Scene {
  readonly rows: readonly RankedRow[];
  readonly scale: TimeScale;
  readonly shape: LaneShape;
  readonly hidden: ReadonlySet<TimelineKind>;
  readonly nowMs: number;
  private readonly clusters = new Map<string, readonly Cluster[]>();

  constructor(options: SceneOptions) {
    this.rows = options.rows;
    this.scale = options.scale;
    this.shape = options.shape;
    this.hidden = options.hidden;
    this.nowMs = options.nowMs;
  }

  clustersOf(row: RankedRow): readonly Cluster[] {
    const known = this.clusters.get(row.key);
    if (known) {
      return known;
    }
    const shown = this.hidden.size === 0 ? row.events : row.events.filter((event) => !this.hidden.has(event.kind));
    const clusters = clusterEvents(shown, this.scale.range, msPerPx(this.scale) * clusterWidthPx(this.shape));
    this.clusters.set(row.key, clusters);
    return clusters;
  }

  windowsOf(row: RankedRow): readonly TimelineWindow[] {
    const { range } = this.scale;
    return row.windows.filter((window) => {
      const span = drawnSpan(window, this.nowMs);
      return !this.hidden.has(window.kind) && span.toMs >= range.fromMs && span.fromMs <= range.toMs;
    });
  }

  /** @param yPx from the top of the first lane, scrolled */
  hitTest(xPx: number, yPx: number): Hit | undefined {
    const rowIndex = Math.floor(yPx / this.shape.heightPx);
    const row = this.rows[rowIndex];
    if (!row || xPx < 0 || xPx > this.scale.widthPx) {
      return undefined;
    }
    const atMs = timeOf(this.scale, xPx);
    return { ...this.inspect(row, rowIndex, atMs), cluster: this.clusterAt(row, xPx) };
  }

  /** The lane at a time, or at one of its markers. */
  inspect(row: RankedRow, rowIndex: number, atMs: number, cluster?: Cluster): Hit {
    return {
      row,
      rowIndex,
      atMs: cluster?.fromMs ?? atMs,
      cluster,
      windows: this.windowsOf(row).filter((window) => {
        const span = drawnSpan(window, this.nowMs);
        return span.fromMs <= atMs && atMs <= span.toMs;
      }),
      states: row.lane.series.map(({ name, spans }) => ({ name, span: spanAt(spans, atMs) })),
    };
  }

  private clusterAt(row: RankedRow, xPx: number): Cluster | undefined {
    const reachPx = this.shape.markerPx / 2 + 4;
    let nearest: Cluster | undefined;
    let distance = Infinity;
    for (const cluster of this.clustersOf(row)) {
      const away = Math.abs(xOf(this.scale, cluster.fromMs) - xPx);
      if (away <= reachPx && away < distance) {
        nearest = cluster;
        distance = away;
      }
    }
    return nearest;
  }
}
