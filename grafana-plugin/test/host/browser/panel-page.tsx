import {
  applyFieldOverrides,
  type DataFrame,
  type DataFrameDTO,
  type DataQuery,
  DashboardCursorSync,
  dateTime,
  EventBusSrv,
  type FieldConfigSource,
  getDefaultTimeRange,
  LoadingState,
  type PanelData,
  type PanelPlugin,
  PluginContextProvider,
  type TimeRange,
  toDataFrame,
} from '@grafana/data';
import { getDataSourceSrv } from '@grafana/runtime';
import { PanelChrome, PanelContextProvider, useTheme2 } from '@grafana/ui';
import React, { useEffect, useMemo, useState } from 'react';
import { boot } from './boot';
import { importPlugin } from './loader';
import { runQueries } from './run-queries';

/** What a test asks the page to draw. Plain data: it crosses from the test's process into the browser. */
export interface PanelRequest {
  readonly pluginId: string;
  readonly title: string;
  readonly width: number;
  readonly height: number;
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly timeZone?: string;
  readonly options?: object;
  readonly fieldConfig?: FieldConfigSource;
  /** Frames as they are … */
  readonly frames?: readonly DataFrameDTO[];
  readonly annotations?: readonly DataFrameDTO[];
  readonly state?: LoadingState;
  readonly error?: string;
  /** … or queries, each with its `datasource.uid`. */
  readonly targets?: readonly DataQuery[];
  /** A panel below this one, on the same dashboard. */
  readonly below?: PanelRequest;
}

export interface PanelControl {
  render(request: PanelRequest): void;
  /** Time ranges the panel asked for, newest last. */
  readonly timeRanges: { from: number; to: number }[];
  /** Options the panel changed, newest last. */
  readonly options: object[];
}

declare global {
  interface Window {
    panelControl?: PanelControl;
  }
}

/** One panel in its chrome. It draws nothing until `window.panelControl.render(…)` is called. */
export function PanelPage(): React.JSX.Element {
  const [request, setRequest] = useState<PanelRequest>();
  const [eventBus] = useState(() => new EventBusSrv());
  useEffect(() => {
    window.panelControl = { render: setRequest, timeRanges: [], options: [] };
    document.body.dataset['panelReady'] = 'true';
  }, []);
  return (
    <div style={{ padding: 8 }}>
      <h1 className="sr-only">Dashboard</h1>
      {request === undefined ? null : <OnePanel request={request} eventBus={eventBus} />}
      {request?.below === undefined ? null : <OnePanel request={request.below} eventBus={eventBus} />}
    </div>
  );
}

function toRange(from: number, to: number): TimeRange {
  return { from: dateTime(from), to: dateTime(to), raw: { from: dateTime(from), to: dateTime(to) } };
}

function givenData(request: PanelRequest, timeRange: TimeRange): PanelData {
  return {
    state: request.state ?? (request.error === undefined ? LoadingState.Done : LoadingState.Error),
    series: (request.frames ?? []).map((frame) => toDataFrame(frame)),
    annotations: (request.annotations ?? []).map((frame) => toDataFrame(frame)),
    timeRange,
    ...(request.error !== undefined && { errors: [{ message: request.error }], error: { message: request.error } }),
  };
}

function usePlugin(id: string): PanelPlugin | undefined {
  const [plugin, setPlugin] = useState<PanelPlugin>();
  useEffect(() => {
    const meta = boot.panels[id];
    if (meta === undefined) return;
    void importPlugin<PanelPlugin>(meta.module, meta.info.version).then((loaded) => {
      loaded.meta = meta;
      setPlugin(loaded);
    });
  }, [id]);
  return plugin;
}

function usePanelData(request: PanelRequest, timeRange: TimeRange): PanelData {
  const { targets } = request;
  const given = useMemo(() => givenData(request, timeRange), [request, timeRange]);
  const [queried, setQueried] = useState<PanelData>({
    state: LoadingState.Loading,
    series: [],
    timeRange: getDefaultTimeRange(),
  });
  useEffect(() => {
    if (targets === undefined) return;
    const subscription = runQueries(getDataSourceSrv(), targets, timeRange, request).subscribe(setQueried);
    return () => {
      subscription.unsubscribe();
    };
  }, [targets, timeRange, request]);
  return targets === undefined ? given : queried;
}

interface OnePanelProps {
  readonly request: PanelRequest;
  /** Of the dashboard: its panels tell each other where the pointer is. */
  readonly eventBus: EventBusSrv;
}

function OnePanel({ request, eventBus }: OnePanelProps): React.JSX.Element | null {
  const theme = useTheme2();
  const plugin = usePlugin(request.pluginId);
  const [changed, setChanged] = useState<{ of: PanelRequest; range?: TimeRange; options?: object }>({ of: request });
  const current = changed.of === request ? changed : { of: request };
  const timeRange = useMemo(() => current.range ?? toRange(request.from, request.to), [current.range, request]);
  const raw = usePanelData(request, timeRange);
  const context = useMemo(
    () => ({
      eventsScope: 'host',
      eventBus,
      sync: () => DashboardCursorSync.Crosshair,
      app: 'dashboard',
    }),
    [eventBus],
  );
  if (plugin?.panel === undefined || plugin.panel === null) return null;

  const Panel = plugin.panel;
  const fieldConfig = request.fieldConfig ?? { defaults: {}, overrides: [] };
  const timeZone = request.timeZone ?? 'utc';
  const replaceVariables = (text: string) => text;
  const withOverrides = (frames: readonly DataFrame[]): DataFrame[] =>
    applyFieldOverrides({
      data: [...frames],
      fieldConfig,
      fieldConfigRegistry: plugin.fieldConfigRegistry,
      replaceVariables,
      theme,
      timeZone,
    });
  const data: PanelData = { ...raw, series: withOverrides(raw.series) };
  const options = { ...plugin.defaults, ...request.options, ...current.options };
  return (
    <PluginContextProvider meta={plugin.meta}>
      <PanelContextProvider value={context as never}>
        <PanelChrome
          title={request.title}
          width={request.width}
          height={request.height}
          loadingState={data.state}
          statusMessage={data.error?.message}
        >
          {(width, height) => (
            <Panel
              id={1}
              title={request.title}
              data={data}
              timeRange={timeRange}
              timeZone={timeZone}
              options={options}
              fieldConfig={fieldConfig}
              width={width}
              height={height}
              transparent={false}
              renderCounter={0}
              eventBus={context.eventBus}
              replaceVariables={replaceVariables}
              onFieldConfigChange={() => undefined}
              onOptionsChange={(next: object) => {
                window.panelControl?.options.push(next);
                setChanged({ ...current, options: next });
              }}
              onChangeTimeRange={({ from, to }) => {
                window.panelControl?.timeRanges.push({ from, to });
                setChanged({ ...current, range: toRange(from, to) });
              }}
            />
          )}
        </PanelChrome>
      </PanelContextProvider>
    </PluginContextProvider>
  );
}
