import { css } from '@emotion/css';
import React, { memo, type ReactNode, useCallback, useLayoutEffect, useMemo, useRef } from 'react';
import { DashboardCursorSync, type GrafanaTheme2 } from '@grafana/data';
import {
  AxisPlacement,
  EventBusPlugin,
  ScaleDirection,
  ScaleOrientation,
  UPlotChart,
  UPlotConfigBuilder,
  usePanelContext,
  useStyles2,
  useTheme2,
} from '@grafana/ui';
import type uPlot from 'uplot';
import { axisHeightPx, plotPaddingPx } from '../model/geometry';
import type { Scene } from '../model/scene';
import type { View } from './draw-scene';
import { paletteOf } from './palette';
import { type PlotHandlers, PlotHooks, type PlotPoint } from './PlotHooks';

/** As both React 18 and 19 type it. */
type ScrollRef = { readonly current: HTMLDivElement | null };

interface Props extends PlotHandlers {
  readonly scene: Scene;
  readonly timeZone: string;
  readonly gutterPx: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly scrollRef: ScrollRef;
  readonly onScroll: (scrollTopPx: number) => void;
  /** Under the lane names, beside the axis. */
  readonly corner: ReactNode;
  /** DOM of the lanes: names and focusable markers, placed over the canvas. */
  readonly children: ReactNode;
}

/** Steps of the time axis on which the shared crosshair can stand. */
const cursorStepPx = 2;

/**
 * A window onto all lanes: the canvas stands still and shows what the scroll position brings into view, the DOM of the
 * lanes scrolls over it.
 */
export const LanePlot = memo(function LanePlot(props: Props): React.JSX.Element {
  const { scene, timeZone, gutterPx, widthPx, heightPx, scrollRef, onScroll, onHover, onPin, onZoom } = props;
  const theme = useTheme2();
  const styles = useStyles2(getStyles);
  const { eventBus, eventsScope, sync } = usePanelContext();
  const syncKey = sync && sync() !== DashboardCursorSync.Off ? eventsScope : undefined;
  const plotRef = useRef<uPlot | null>(null);
  const viewRef = useRef<View | null>(null);
  const handlersRef = useRef<PlotHandlers | null>(null);
  const palette = useMemo(() => paletteOf(theme), [theme]);
  const config = useMemo(() => buildConfig(theme, timeZone), [theme, timeZone]);
  const { fromMs, toMs } = scene.scale.range;
  const data = useMemo(
    (): uPlot.AlignedData => [timeSteps(fromMs, toMs, Math.max(2, Math.ceil(scene.scale.widthPx / cursorStepPx)))],
    [fromMs, toMs, scene.scale.widthPx],
  );

  useLayoutEffect(() => {
    viewRef.current = { scene, palette, scrollTopPx: scrollRef.current?.scrollTop ?? 0 };
    // With the axis: a redraw that leaves it out would cancel its share in a change of size or range of the same tick.
    plotRef.current?.redraw(false, true);
  }, [scene, palette, scrollRef]);

  useLayoutEffect(() => {
    handlersRef.current = {
      onHover: (point) => onHover(scrolled(point, scrollRef)),
      onPin: (point) => onPin(scrolled(point, scrollRef)),
      onZoom,
    };
  }, [onHover, onPin, onZoom, scrollRef]);

  const handleScroll = useCallback(
    (event: React.UIEvent<HTMLDivElement>) => {
      const scrollTopPx = event.currentTarget.scrollTop;
      if (viewRef.current) {
        viewRef.current = { ...viewRef.current, scrollTopPx };
      }
      plotRef.current?.redraw(false, false);
      onScroll(scrollTopPx);
    },
    [onScroll],
  );

  const setPlot = useCallback((u: uPlot) => {
    plotRef.current = u;
  }, []);

  const contentPx = Math.max(heightPx, scene.rows.length * scene.shape.heightPx + axisHeightPx);
  return (
    <div
      ref={scrollRef}
      className={styles.scroller}
      style={{ width: widthPx, height: heightPx }}
      onScroll={handleScroll}
    >
      <div className={styles.content} style={{ height: contentPx }}>
        <div className={styles.foot} style={{ top: heightPx - axisHeightPx }}>
          <div className={styles.corner} style={{ width: gutterPx, height: axisHeightPx }}>
            {props.corner}
          </div>
        </div>
        <div className={styles.canvas} style={{ height: heightPx, marginLeft: gutterPx }} aria-hidden="true">
          <UPlotChart
            config={config}
            data={data}
            width={scene.scale.widthPx + 2 * plotPaddingPx}
            height={heightPx}
            plotRef={setPlot}
          >
            <PlotHooks config={config} viewRef={viewRef} handlersRef={handlersRef} syncKey={syncKey} />
            <EventBusPlugin config={config} eventBus={eventBus} />
          </UPlotChart>
        </div>
        {props.children}
      </div>
    </div>
  );
});

function scrolled<P extends PlotPoint | undefined>(point: P, scrollRef: ScrollRef): P {
  return point && { ...point, yPx: point.yPx + (scrollRef.current?.scrollTop ?? 0) };
}

function timeSteps(fromMs: number, toMs: number, steps: number): number[] {
  return Array.from({ length: steps + 1 }, (_, step) => fromMs + ((toMs - fromMs) * step) / steps);
}

function buildConfig(theme: GrafanaTheme2, timeZone: string): UPlotConfigBuilder {
  const config = new UPlotConfigBuilder(timeZone);
  config.setPadding([0, plotPaddingPx, 0, plotPaddingPx]);
  config.addScale({
    scaleKey: 'x',
    isTime: true,
    orientation: ScaleOrientation.Horizontal,
    direction: ScaleDirection.Right,
    range: (_u, fromMs, toMs) => [fromMs, toMs],
  });
  config.addAxis({
    scaleKey: 'x',
    isTime: true,
    placement: AxisPlacement.Bottom,
    size: axisHeightPx,
    timeZone,
    theme,
    grid: { show: true },
  });
  return config;
}

const getStyles = (theme: GrafanaTheme2) => ({
  scroller: css({
    position: 'relative',
    overflowY: 'auto',
    overflowX: 'hidden',
    scrollbarWidth: 'thin',
    // Focused rows stay clear of the axis.
    scrollPaddingBottom: axisHeightPx,
  }),
  content: css({ position: 'relative' }),
  canvas: css({ position: 'sticky', top: 0, overflow: 'hidden' }),
  foot: css({ position: 'sticky', height: 0, zIndex: 2 }),
  corner: css({
    display: 'flex',
    alignItems: 'center',
    paddingLeft: theme.spacing(0.5),
    background: theme.colors.background.primary,
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    whiteSpace: 'nowrap',
    overflow: 'hidden',
  }),
});
