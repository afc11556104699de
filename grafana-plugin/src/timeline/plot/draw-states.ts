import { type LaneShape, stateHeights, type TimeScale, xOf } from '../model/geometry';
import { mergeWorst } from '../model/merge-series';
import type { LaneSeries, LaneState, StateSpan, TimelineLane } from '../types';
import { type Palette, stateColor } from './palette';

const mostStrips = 3;
/** An outage of seconds is still seen in a range of years. */
const narrowest: Readonly<Record<Exclude<LaneState, 'unknown'>, number>> = { up: 1, other: 1, degraded: 2, down: 2 };
const drawOrder = ['up', 'other', 'degraded', 'down'] as const;

const merged = new WeakMap<TimelineLane, readonly LaneSeries[]>();

function stripsOf(lane: TimelineLane): readonly LaneSeries[] {
  if (lane.series.length <= mostStrips) {
    return lane.series;
  }
  const known = merged.get(lane) ?? [{ name: 'worst', spans: mergeWorst(lane.series) }];
  merged.set(lane, known);
  return known;
}

/** Draws the states of a lane whose top is at `topPx`; the context counts in CSS pixels from the plotting area. */
export function drawStates(
  ctx: CanvasRenderingContext2D,
  lane: TimelineLane,
  topPx: number,
  shape: LaneShape,
  scale: TimeScale,
  palette: Palette,
): void {
  const strips = stripsOf(lane);
  const bottomPx = topPx + shape.stripTopPx + shape.stripPx;
  ctx.strokeStyle = palette.states.unknown;
  ctx.lineWidth = 1;
  ctx.setLineDash([1, 4]);
  ctx.beginPath();
  ctx.moveTo(0, bottomPx - 0.5);
  ctx.lineTo(scale.widthPx, bottomPx - 0.5);
  ctx.stroke();
  ctx.setLineDash([]);
  if (strips.length === 0) {
    ctx.font = `10px ${palette.fontFamily}`;
    ctx.fillStyle = palette.faint;
    ctx.textAlign = 'left';
    ctx.textBaseline = 'bottom';
    ctx.fillText('no uptime series', 4, bottomPx - 1);
  }
  const stripPx = shape.stripPx / Math.max(1, strips.length);
  strips.forEach(({ spans }, index) => {
    const stripBottomPx = bottomPx - stripPx * (strips.length - 1 - index);
    const seen = spansIn(spans, scale);
    for (const state of drawOrder) {
      drawBars(ctx, seen, state, stripBottomPx, stripPx - (index > 0 ? 1 : 0), scale, palette);
    }
  });
}

function spansIn(spans: readonly StateSpan[], { range }: TimeScale): readonly StateSpan[] {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle]?.toMs ?? Infinity) <= range.fromMs) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  let end = low;
  while (end < spans.length && (spans[end]?.fromMs ?? Infinity) < range.toMs) {
    end++;
  }
  return spans.slice(low, end);
}

function drawBars(
  ctx: CanvasRenderingContext2D,
  spans: readonly StateSpan[],
  state: (typeof drawOrder)[number],
  bottomPx: number,
  stripPx: number,
  scale: TimeScale,
  palette: Palette,
): void {
  const heightPx = Math.max(2, stripPx * stateHeights[state]);
  const shown = spans.filter((span) => span.state === state);
  for (const color of new Set(shown.map((span) => stateColor(span, palette)))) {
    let drawnToPx = -Infinity;
    ctx.beginPath();
    for (const span of shown) {
      if (stateColor(span, palette) !== color) {
        continue;
      }
      const fromPx = Math.max(0, xOf(scale, span.fromMs));
      const toPx = Math.min(scale.widthPx, Math.max(xOf(scale, span.toMs), fromPx + narrowest[state]));
      if (toPx > drawnToPx) {
        ctx.rect(fromPx, bottomPx - heightPx, toPx - fromPx, heightPx);
        drawnToPx = toPx;
      }
    }
    ctx.fillStyle = color;
    ctx.fill();
  }
}
