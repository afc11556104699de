import type uPlot from 'uplot';
import { plotPaddingPx, visibleRows, xOf } from '../model/geometry';
import type { Scene } from '../model/scene';
import { drawCluster } from './draw-markers';
import { drawStates } from './draw-states';
import { drawWindow, labelWindow } from './draw-windows';
import type { Palette } from './palette';
import { Sprites } from './sprites';

/** What the hooks read: written before each redraw. */
export interface View {
  readonly scene: Scene;
  readonly palette: Palette;
  readonly scrollTopPx: number;
}

const spritesOf = new WeakMap<Palette, Sprites>();

/** Runs `draw` clipped to the plotting area and some overhang at its sides, with the origin in its corner and CSS pixels as units. */
function inPlot(u: uPlot, overhangPx: number, draw: (ctx: CanvasRenderingContext2D, heightPx: number) => void): void {
  const { ctx, bbox } = u;
  const ratio = window.devicePixelRatio || 1;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left - overhangPx * ratio, bbox.top, bbox.width + 2 * overhangPx * ratio, bbox.height);
  ctx.clip();
  ctx.translate(bbox.left, bbox.top);
  ctx.scale(ratio, ratio);
  draw(ctx, bbox.height / ratio);
  ctx.restore();
}

/** Under the grid: stripes by which the eye follows a lane, and a shade over the future. */
export function drawBackground(u: uPlot, { scene, palette, scrollTopPx }: View): void {
  inPlot(u, 0, (ctx, heightPx) => {
    const { shape, scale, rows, nowMs } = scene;
    const { start, end } = visibleRows(scrollTopPx, heightPx, shape.heightPx, rows.length);
    ctx.fillStyle = palette.stripe;
    ctx.globalAlpha = 0.5;
    for (let index = start + (start % 2); index < end; index += 2) {
      ctx.fillRect(0, index * shape.heightPx - scrollTopPx, scale.widthPx, shape.heightPx);
    }
    if (nowMs < scale.range.toMs) {
      const nowPx = Math.max(0, xOf(scale, nowMs));
      ctx.fillRect(nowPx, 0, scale.widthPx - nowPx, heightPx);
    }
  });
}

/** Over the grid: states, then windows, then markers of each lane in view, and the line of now. */
export function drawLanes(u: uPlot, { scene, palette, scrollTopPx }: View): void {
  const { shape, scale, rows, nowMs } = scene;
  const lanesIn = (heightPx: number) => {
    const { start, end } = visibleRows(scrollTopPx, heightPx, shape.heightPx, rows.length);
    return rows
      .slice(start, end)
      .map((row, offset) => ({ row, topPx: (start + offset) * shape.heightPx - scrollTopPx }));
  };
  inPlot(u, 0, (ctx, heightPx) => {
    for (const { row, topPx } of lanesIn(heightPx)) {
      const windows = scene.windowsOf(row);
      const taken = windows.length > 0 ? scene.clustersOf(row).map((cluster) => xOf(scale, cluster.fromMs)) : [];
      if (row.scope === 'device') {
        drawStates(ctx, row.lane, topPx, shape, scale, palette);
      }
      windows.forEach((window) => drawWindow(ctx, window, topPx, shape, scale, nowMs, palette));
      windows.forEach((window) => labelWindow(ctx, window, topPx, shape, scale, nowMs, palette, taken));
    }
    drawNow(ctx, scene, palette, heightPx);
  });
  const sprites = spritesFor(palette, shape.markerPx);
  inPlot(u, plotPaddingPx, (ctx, heightPx) => {
    for (const { row, topPx } of lanesIn(heightPx)) {
      scene.clustersOf(row).forEach((cluster) => drawCluster(ctx, cluster, topPx, shape, scale, palette, sprites));
    }
  });
}

function drawNow(ctx: CanvasRenderingContext2D, { scale, nowMs }: Scene, palette: Palette, heightPx: number): void {
  const x = xOf(scale, nowMs);
  if (x < 0 || x > scale.widthPx) {
    return;
  }
  ctx.strokeStyle = palette.text;
  ctx.lineWidth = 1;
  ctx.setLineDash([4, 2]);
  ctx.beginPath();
  ctx.moveTo(x, 0);
  ctx.lineTo(x, heightPx);
  ctx.stroke();
  ctx.setLineDash([]);
}

function spritesFor(palette: Palette, markerPx: number): Sprites {
  const sizePx = Math.round(markerPx * (window.devicePixelRatio || 1));
  const known = spritesOf.get(palette);
  if (known?.sizePx === sizePx) {
    return known;
  }
  const sprites = new Sprites(palette, sizePx);
  spritesOf.set(palette, sprites);
  return sprites;
}
