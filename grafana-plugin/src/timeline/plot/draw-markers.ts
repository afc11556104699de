import type { Cluster } from '../model/cluster';
import { type LaneShape, type TimeScale, xOf } from '../model/geometry';
import type { Palette } from './palette';
import type { Sprites } from './sprites';

/** Draws one marker for a cluster: its worst kind, the number of events, and a line over the time they span. */
export function drawCluster(
  ctx: CanvasRenderingContext2D,
  cluster: Cluster,
  topPx: number,
  shape: LaneShape,
  scale: TimeScale,
  palette: Palette,
  sprites: Sprites,
): void {
  const middlePx = topPx + shape.markerMiddlePx;
  const x = xOf(scale, cluster.fromMs);
  const endMs = cluster.events.reduce((end, event) => Math.max(end, event.endMs ?? event.atMs), cluster.toMs);
  const endPx = Math.min(scale.widthPx, xOf(scale, endMs));
  if (endPx - x > shape.markerPx / 2) {
    ctx.fillStyle = palette.markers[cluster.kind];
    ctx.fillRect(x, middlePx - 1, endPx - x, 2);
    ctx.fillRect(endPx - 1, middlePx - 4, 2, 8);
  }
  ctx.drawImage(
    sprites.of(cluster.kind),
    x - shape.markerPx / 2,
    middlePx - shape.markerPx / 2,
    shape.markerPx,
    shape.markerPx,
  );
  if (cluster.events.length > 1) {
    drawCount(ctx, cluster.events.length, x + shape.markerPx / 2 - 3, middlePx - shape.markerPx / 2 + 4, palette);
  }
}

function drawCount(ctx: CanvasRenderingContext2D, count: number, x: number, y: number, palette: Palette): void {
  const text = count > 99 ? '99+' : String(count);
  ctx.font = `bold 9px ${palette.fontFamily}`;
  const widthPx = ctx.measureText(text).width + 5;
  ctx.fillStyle = palette.text;
  ctx.beginPath();
  ctx.roundRect(x, y - 5.5, widthPx, 11, 3);
  ctx.fill();
  ctx.fillStyle = palette.background;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  ctx.fillText(text, x + 2.5, y + 0.5);
}
