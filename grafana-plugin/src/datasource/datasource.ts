import {
  type AdHocVariableFilter,
  type CoreApp,
  type DataQueryError,
  type DataQueryRequest,
  type DataQueryResponse,
  DataSourceApi,
  type DataSourceGetTagKeysOptions,
  type DataSourceGetTagValuesOptions,
  type DataSourceInstanceSettings,
  LoadingState,
  type MetricFindValue,
  rangeUtil,
  type ScopedVars,
  type TestDataSourceResponse,
} from '@grafana/data';
import { getTemplateSrv, type TemplateSrv } from '@grafana/runtime';
import { combineLatest, map, type Observable, of } from 'rxjs';
import { ExporterClient } from '../shared/api/client';
import { ExporterError } from '../shared/api/exporter-error';
import { annotationSupport } from './annotations';
import { Directory } from './directory';
import { toFilters } from './filters';
import { testExporter } from './health';
import { interpolateFilters, interpolateQuery } from './interpolate';
import { loadQuery } from './load/load';
import { migrateQuery } from './migrate';
import { poll, type QueryState, readOnce } from './poll';
import { defaultQueryFor, displayText, minRefreshSeconds, type PatchhavenOptions, type PatchhavenQuery } from './query';
import { tagKeys, tagValues } from './tags';
import { PatchhavenVariables, readVariable } from './variables';
import { toVariableQuery } from './variable-query';

/** A poll keeps its range, so that unchanged answers are known by their tags, and takes a new one this often. */
const anchorMs = 12 * 3_600_000;

export class PatchhavenDataSource extends DataSourceApi<PatchhavenQuery, PatchhavenOptions> {
  readonly client: ExporterClient;
  readonly directory: Directory;
  override readonly annotations = annotationSupport;

  constructor(
    settings: DataSourceInstanceSettings<PatchhavenOptions>,
    private readonly templates: TemplateSrv = getTemplateSrv(),
    private readonly now: () => number = Date.now,
  ) {
    super(settings);
    this.client = new ExporterClient(`/api/datasources/proxy/uid/${settings.uid}`);
    this.directory = new Directory(this.client, now);
    this.variables = new PatchhavenVariables({
      client: this.client,
      directory: this.directory,
      templates,
    });
  }

  query(request: DataQueryRequest<PatchhavenQuery>): Observable<DataQueryResponse> {
    const targets = request.targets.filter((target) => this.filterQuery(target));
    if (targets.length === 0) {
      return of({ data: [] });
    }
    const isLive = (target: PatchhavenQuery) => this.refreshMs(target, request) > 0;
    const state = targets.some(isLive) ? LoadingState.Streaming : LoadingState.Done;
    return combineLatest(targets.map((target) => this.run(target, request))).pipe(
      map((states) => toResponse(states, targets, request.requestId, state)),
    );
  }

  override filterQuery(query: PatchhavenQuery): boolean {
    return query.hide !== true;
  }

  override getDefaultQuery(app: CoreApp): Partial<PatchhavenQuery> {
    return defaultQueryFor(app);
  }

  override getQueryDisplayText(query: PatchhavenQuery): string {
    return displayText(migrateQuery(query));
  }

  override interpolateVariablesInQueries(
    queries: PatchhavenQuery[],
    scopedVars: ScopedVars,
    _filters?: AdHocVariableFilter[],
  ): PatchhavenQuery[] {
    return queries.map((query) => interpolateQuery(migrateQuery(query), scopedVars, this.templates));
  }

  /** For what still asks the old way; variables themselves go through `variables`. */
  override metricFindQuery(query: unknown, options?: { scopedVars?: ScopedVars }): Promise<MetricFindValue[]> {
    const { client, directory, templates } = this;
    return readVariable({ client, directory, templates }, toVariableQuery(query), options?.scopedVars ?? {});
  }

  override async getTagKeys(_options?: DataSourceGetTagKeysOptions<PatchhavenQuery>): Promise<MetricFindValue[]> {
    return tagKeys();
  }

  override getTagValues({ key, filters }: DataSourceGetTagValuesOptions<PatchhavenQuery>): Promise<MetricFindValue[]> {
    return tagValues(this.directory, key, filters ?? []);
  }

  testDatasource(): Promise<TestDataSourceResponse> {
    return testExporter(this.client, this.now);
  }

  private refreshMs(target: PatchhavenQuery, request: DataQueryRequest<PatchhavenQuery>): number {
    const seconds = Number(target.refreshSeconds) || 0;
    return 1000 * (request.liveStreaming === true ? seconds || minRefreshSeconds : seconds);
  }

  private run(target: PatchhavenQuery, request: DataQueryRequest<PatchhavenQuery>): Observable<QueryState> {
    const refreshMs = this.refreshMs(target, request);
    const rangeOf = this.ranges(request, refreshMs > 0);
    const load = async (client: ExporterClient, signal: AbortSignal) => {
      const query = interpolateQuery(migrateQuery(target), request.scopedVars, this.templates);
      const adhoc = interpolateFilters(request.filters ?? [], request.scopedVars, this.templates);
      const { filters, notices } = toFilters(query, adhoc);
      return loadQuery({ client, directory: this.directory, query, filters, range: rangeOf(), signal }, notices);
    };
    return refreshMs === 0
      ? readOnce(this.client, load)
      : poll(this.client, load, { intervalMs: refreshMs, now: this.now, isHidden: () => document.hidden });
  }

  /** The range at each read. While polling it stays put and lies open towards the future, where it ends at now. */
  private ranges(request: DataQueryRequest<PatchhavenQuery>, isPolling: boolean) {
    const { raw } = request.range;
    const isRelative = typeof raw.to === 'string' && raw.to.startsWith('now');
    const spanNow = () => {
      const { from, to } = isRelative ? rangeUtil.convertRawToRange(raw, request.timezone) : request.range;
      return { fromMs: from.valueOf(), toMs: to.valueOf() };
    };
    if (!isPolling || !isRelative) {
      return () => ({ fromMs: request.range.from.valueOf(), toMs: request.range.to.valueOf(), nowMs: this.now() });
    }
    let anchor = spanNow();
    return () => {
      const nowMs = this.now();
      const fresh = spanNow();
      if (fresh.toMs - anchor.toMs > anchorMs) {
        anchor = fresh;
      }
      return { fromMs: anchor.fromMs, toMs: anchor.toMs + 2 * anchorMs, nowMs };
    };
  }
}

function toResponse(
  states: readonly QueryState[],
  targets: readonly PatchhavenQuery[],
  key: string,
  state: LoadingState,
): DataQueryResponse {
  const errors = states.flatMap(({ error }, index) =>
    error === undefined ? [] : [toQueryError(error, targets[index]?.refId)],
  );
  return {
    data: states.flatMap(({ frames }) => [...frames]),
    key,
    state: errors.length > 0 ? LoadingState.Error : state,
    ...(errors.length > 0 && { errors }),
  };
}

/** The sentence stands in `message`, which panels show. */
function toQueryError(error: unknown, refId: string | undefined): DataQueryError {
  const message = error instanceof Error ? error.message : 'The query failed for an unknown reason.';
  if (!(error instanceof ExporterError)) {
    return { message, refId };
  }
  const suffix = error.kind === 'fault' && error.requestId !== undefined ? ` (request ${error.requestId})` : '';
  return { message: message + suffix, status: error.status, refId };
}
