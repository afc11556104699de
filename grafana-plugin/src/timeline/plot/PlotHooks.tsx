import { useLayoutEffect, type RefObject } from 'react';
import type { UPlotConfigBuilder } from '@grafana/ui';
import type uPlot from 'uplot';
import type { TimeSpan } from '../types';
import { drawBackground, drawLanes, type View } from './draw-scene';

/** A point of the plotting area, in CSS pixels, and where that is in the browser's window. */
export interface PlotPoint {
  readonly xPx: number;
  readonly yPx: number;
  readonly clientX: number;
  readonly clientY: number;
}

export interface PlotHandlers {
  readonly onHover: (point: PlotPoint | undefined) => void;
  readonly onPin: (point: PlotPoint) => void;
  readonly onZoom?: (range: TimeSpan) => void;
}

interface Props {
  readonly config: UPlotConfigBuilder;
  readonly viewRef: RefObject<View | null>;
  readonly handlersRef: RefObject<PlotHandlers | null>;
  /** Key by which plots share their crosshair. */
  readonly syncKey?: string;
}

const smallestDragPx = 5;

/**
 * Draws the lanes and listens to the pointer. A child of the chart, so that its hooks are there before the plot is made;
 * they read everything through refs, so that new data does not make a new plot.
 */
export function PlotHooks({ config, viewRef, handlersRef, syncKey }: Props): null {
  useLayoutEffect(() => {
    const draw = (paint: (u: uPlot, view: View) => void) => (u: uPlot) => {
      if (viewRef.current) {
        paint(u, viewRef.current);
      }
    };
    config.addHook('drawClear', draw(drawBackground));
    config.addHook('draw', draw(drawLanes));
    config.setCursor({
      x: true,
      y: false,
      points: { show: false },
      drag: { x: true, y: false, setScale: false },
      bind: { dblclick: (u) => () => zoomOut(u, handlersRef.current) },
      ...(syncKey === undefined ? {} : { sync: { key: syncKey, scales: ['x', null] } }),
    });
    config.addHook('setCursor', (u) => handlersRef.current?.onHover(pointOf(u)));
    config.addHook('setSelect', (u) => zoomIn(u, handlersRef.current));
    config.addHook('init', (u) => listenForClicks(u, handlersRef));
  }, [config, viewRef, handlersRef, syncKey]);
  return null;
}

/** undefined outside of the plot, and where another plot's crosshair leads ours. */
function pointOf(u: uPlot): PlotPoint | undefined {
  const { left = -1, top = -1, event } = u.cursor;
  if (!event || left < 0 || top < 0) {
    return undefined;
  }
  return { xPx: left, yPx: top, clientX: event.clientX, clientY: event.clientY };
}

function zoomIn(u: uPlot, handlers: PlotHandlers | null): void {
  const { left, width } = u.select;
  if (u.cursor.event && width >= smallestDragPx) {
    handlers?.onZoom?.({ fromMs: u.posToVal(left, 'x'), toMs: u.posToVal(left + width, 'x') });
  }
  if (width > 0) {
    u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  }
}

function zoomOut(u: uPlot, handlers: PlotHandlers | null): null {
  const { min, max } = u.scales['x'] ?? {};
  if (typeof min === 'number' && typeof max === 'number') {
    const halfMs = (max - min) / 2;
    handlers?.onZoom?.({ fromMs: min - halfMs, toMs: max + halfMs });
  }
  return null;
}

function listenForClicks(u: uPlot, handlersRef: RefObject<PlotHandlers | null>): void {
  let downX = 0;
  u.over.addEventListener('mousedown', (event) => {
    downX = event.clientX;
  });
  u.over.addEventListener('click', (event) => {
    const rect = u.over.getBoundingClientRect();
    if (Math.abs(event.clientX - downX) < smallestDragPx) {
      const { clientX, clientY } = event;
      handlersRef.current?.onPin({ xPx: clientX - rect.left, yPx: clientY - rect.top, clientX, clientY });
    }
  });
}
