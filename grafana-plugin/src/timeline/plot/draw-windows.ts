import { type LaneShape, type TimeScale, xOf } from '../model/geometry';
import { elapsedSpan, remainingSpan } from '../model/windows';
import type { TimelineWindow, TimeSpan, WindowKind } from '../types';
import type { Palette } from './palette';

const dashes: Readonly<Record<WindowKind, readonly number[]>> = { quiet: [], maintenance: [6, 3], planned: [2, 3] };
const words: Readonly<Record<WindowKind, string>> = { quiet: 'quiet', maintenance: 'maintenance', planned: 'planned' };
const hatchStepPx = 7;

/** Outline and light hatch: the states under a window stay visible. The hatch leans by kind, the outline differs too. */
export function drawWindow(
  ctx: CanvasRenderingContext2D,
  window: TimelineWindow,
  topPx: number,
  shape: LaneShape,
  scale: TimeScale,
  nowMs: number,
  palette: Palette,
): void {
  const color = palette.windows[window.kind];
  const box = boxOf(elapsedSpan(window, nowMs), topPx, shape, scale);
  if (box && window.kind !== 'planned') {
    hatch(ctx, box, color, window.kind === 'maintenance');
  }
  if (box) {
    outline(ctx, box, color, dashes[window.kind]);
  }
  const rest = remainingSpan(window, nowMs);
  const restBox = rest && boxOf(rest, topPx, shape, scale);
  if (restBox) {
    outline(ctx, restBox, color, [1, 3]);
  }
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

function boxOf(span: TimeSpan, topPx: number, shape: LaneShape, scale: TimeScale): Box | undefined {
  if (span.toMs < scale.range.fromMs || span.fromMs > scale.range.toMs) {
    return undefined;
  }
  // Edges outside of the range stay out of sight, so that an open side does not look like an end.
  const x = Math.max(-4, xOf(scale, span.fromMs));
  const end = Math.min(scale.widthPx + 4, Math.max(xOf(scale, span.toMs), x + 2));
  return { x, y: topPx + 1.5, w: end - x, h: shape.heightPx - 3 };
}

function outline(ctx: CanvasRenderingContext2D, { x, y, w, h }: Box, color: string, dash: readonly number[]): void {
  ctx.strokeStyle = color;
  ctx.lineWidth = 1.25;
  ctx.setLineDash([...dash]);
  ctx.strokeRect(x, y, w, h);
  ctx.setLineDash([]);
}

function hatch(ctx: CanvasRenderingContext2D, { x, y, w, h }: Box, color: string, leansBack: boolean): void {
  ctx.save();
  ctx.beginPath();
  ctx.rect(x, y, w, h);
  ctx.clip();
  ctx.globalAlpha = 0.07;
  ctx.fillStyle = color;
  ctx.fillRect(x, y, w, h);
  ctx.globalAlpha = 0.28;
  ctx.strokeStyle = color;
  ctx.lineWidth = 1;
  ctx.beginPath();
  // Counted from the origin, so that the hatch of neighbours meets.
  for (let at = Math.floor((x - h) / hatchStepPx) * hatchStepPx; at < x + w; at += hatchStepPx) {
    ctx.moveTo(leansBack ? at : at + h, y);
    ctx.lineTo(leansBack ? at + h : at, y + h);
  }
  ctx.stroke();
  ctx.restore();
}

/** Writes the kind into a window that has room for it. `taken` are the places of markers. */
export function labelWindow(
  ctx: CanvasRenderingContext2D,
  window: TimelineWindow,
  topPx: number,
  shape: LaneShape,
  scale: TimeScale,
  nowMs: number,
  palette: Palette,
  taken: readonly number[],
): void {
  const fromPx = Math.max(0, xOf(scale, window.fromMs)) + 5;
  const toPx = xOf(scale, (remainingSpan(window, nowMs) ?? elapsedSpan(window, nowMs)).toMs) - 3;
  ctx.font = `10px ${palette.fontFamily}`;
  const endPx = fromPx + ctx.measureText(words[window.kind]).width;
  const reachPx = shape.markerPx / 2 + 2;
  if (endPx > toPx || taken.some((at) => at > fromPx - reachPx && at < endPx + reachPx)) {
    return;
  }
  ctx.fillStyle = palette.text;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  ctx.fillText(words[window.kind], fromPx, topPx + shape.markerMiddlePx);
}
