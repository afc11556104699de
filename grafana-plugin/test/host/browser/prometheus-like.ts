import {
  DataSourceApi,
  type DataFrame,
  type DataQuery,
  type DataQueryRequest,
  type DataQueryResponse,
  type DataSourceInstanceSettings,
  FieldType,
  toDataFrame,
} from '@grafana/data';
import { getBackendSrv } from '@grafana/runtime';
import { type Observable, forkJoin, map, of } from 'rxjs';

interface PromQuery extends DataQuery {
  readonly expr: string;
  readonly legendFormat?: string;
  readonly instant?: boolean;
}

interface Matrix {
  readonly data: {
    readonly result: readonly { metric: Record<string, string>; values: readonly [number, string][] }[];
  };
}

const maxPoints = 1000;

/** Range queries of Prometheus' HTTP API, with frames in the shape of Grafana's own Prometheus data source. */
export class PrometheusLike extends DataSourceApi<PromQuery> {
  private readonly url: string;

  constructor(settings: DataSourceInstanceSettings) {
    super(settings);
    this.url = settings.url ?? '';
  }

  override query(request: DataQueryRequest<PromQuery>): Observable<DataQueryResponse> {
    const targets = request.targets.filter(({ hide, expr }) => hide !== true && expr !== undefined && expr !== '');
    if (targets.length === 0) return of({ data: [] });
    return forkJoin(targets.map((target) => this.range(target, request))).pipe(
      map((frames) => ({ data: frames.flat(), key: request.requestId })),
    );
  }

  override testDatasource(): Promise<{ status: 'success'; message: string }> {
    return Promise.resolve({ status: 'success', message: 'Successfully queried the Prometheus API.' });
  }

  private range(target: PromQuery, { range, intervalMs }: DataQueryRequest<PromQuery>): Observable<DataFrame[]> {
    const start = range.from.valueOf() / 1000;
    const end = range.to.valueOf() / 1000;
    const step = Math.max(15, Math.ceil((intervalMs ?? 15_000) / 1000), Math.ceil((end - start) / maxPoints));
    const params = { query: target.expr, start, end, step };
    return getBackendSrv()
      .fetch<Matrix>({ url: `${this.url}/api/v1/query_range`, params })
      .pipe(map(({ data }) => data.data.result.map((series) => toFrame(target, series))));
  }
}

function toFrame({ refId }: PromQuery, { metric, values }: Matrix['data']['result'][number]): DataFrame {
  const { __name__: name, ...labels } = metric;
  const text = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
  const displayNameFromDS = `${name ?? ''}{${text.join(', ')}}`;
  return toDataFrame({
    refId,
    meta: { type: 'timeseries-multi', typeVersion: [0, 1], custom: { resultType: 'matrix' } },
    fields: [
      { name: 'Time', type: FieldType.time, values: values.map(([at]) => at * 1000) },
      {
        name: 'Value',
        type: FieldType.number,
        labels: metric,
        config: { displayNameFromDS },
        values: values.map(([, value]) => Number(value)),
      },
    ],
  });
}
