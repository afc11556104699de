import {
  CoreApp,
  type DataFrame,
  type DataQuery,
  type DataQueryRequest,
  type DataQueryResponse,
  type DataSourceApi,
  LoadingState,
  type PanelData,
  type TimeRange,
  toDataFrame,
} from '@grafana/data';
import type { DataSourceSrv } from '@grafana/runtime';
import { from, isObservable, type Observable, merge, of } from 'rxjs';
import { catchError, map, mergeMap, scan } from 'rxjs/operators';

interface Packet {
  readonly key: string;
  readonly response: DataQueryResponse;
}

/** Runs a panel's queries, one request per data source, and merges the packets the way Grafana's runRequest does. */
export function runQueries(
  dataSources: DataSourceSrv,
  targets: readonly DataQuery[],
  range: TimeRange,
  { timeZone = 'utc', width }: { readonly timeZone?: string; readonly width: number },
): Observable<PanelData> {
  const uids = [...new Set(targets.map(({ datasource }) => datasource?.uid ?? ''))];
  const packets = uids.map((uid, index) => {
    const own = targets.filter(({ datasource }) => (datasource?.uid ?? '') === uid);
    const request = toRequest(own, range, timeZone, width, index);
    return from(dataSources.get(uid)).pipe(
      mergeMap((source: DataSourceApi) => {
        const asked = source.query(request);
        return isObservable(asked) ? asked : from(asked);
      }),
      catchError((error: { message?: string; data?: { message?: string } }) =>
        of<DataQueryResponse>({
          data: [],
          state: LoadingState.Error,
          errors: [{ message: error.data?.message ?? error.message ?? 'Query error' }],
        }),
      ),
      map((response): Packet => ({ key: `${uid}/${response.key ?? ''}`, response })),
    );
  });
  return merge(...packets).pipe(
    scan((known, { key, response }) => new Map(known).set(key, response), new Map<string, DataQueryResponse>()),
    map((known) => toPanelData([...known.values()], range)),
  );
}

function toRequest(
  targets: readonly DataQuery[],
  range: TimeRange,
  timezone: string,
  maxDataPoints: number,
  index: number,
): DataQueryRequest {
  const intervalMs = Math.max(15_000, Math.round((range.to.valueOf() - range.from.valueOf()) / maxDataPoints));
  return {
    requestId: `host-${String(index)}`,
    app: CoreApp.Dashboard,
    targets: [...targets],
    range,
    timezone,
    interval: `${String(Math.round(intervalMs / 1000))}s`,
    intervalMs,
    maxDataPoints,
    scopedVars: {},
    startTime: Date.now(),
  };
}

function toPanelData(responses: readonly DataQueryResponse[], timeRange: TimeRange): PanelData {
  const errors = responses.flatMap(({ error, errors: several = [] }) => (error === undefined ? several : [error]));
  const frames = responses.flatMap(({ data }) => data).map((frame): DataFrame => toDataFrame(frame));
  const isAnnotation = ({ meta }: DataFrame): boolean => meta?.dataTopic === 'annotations';
  const streaming = responses.some(({ state }) => state === LoadingState.Streaming);
  return {
    state: errors.length > 0 ? LoadingState.Error : streaming ? LoadingState.Streaming : LoadingState.Done,
    series: frames.filter((frame) => !isAnnotation(frame)),
    annotations: frames.filter(isAnnotation),
    timeRange,
    ...(errors.length > 0 && { errors, error: errors[0] }),
  };
}
