import { type FetchResponse, getBackendSrv } from '@grafana/runtime';
import { defer, finalize, type Observable, share } from 'rxjs';
import { toAbortable } from './abortable';
import { ExporterError, notAnExporter, toExporterError } from './exporter-error';
import { type Page, type Pages, readPages } from './pages';
import type { ReadCache } from './read-cache';
import type { Answer, Item, PagedPath, Query, ReadPath } from './types';

type PathValues = Readonly<Record<string, string>>;
type QueryValues = Readonly<Record<string, string | number | boolean | undefined>>;

export interface ReadOptions<P extends ReadPath> {
  readonly path?: PathValues;
  readonly query?: Query<P>;
  /** Ends the request; the promise rejects with an ExporterError of kind `aborted`. */
  readonly signal?: AbortSignal;
}

export interface ReadAnswer<T> {
  readonly data: T;
  /** Pass it to `getIfChanged`. */
  readonly etag: string | undefined;
  /** Clock of whatever answered, Unix milliseconds, to the second. */
  readonly serverDateMs: number | undefined;
}

/** Fills `{id}` of a path; values are encoded, so an id may hold slashes. */
export function fillPath(path: string, values: PathValues = {}): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
}

/** Drops what is not set, since the exporter refuses empty parameters. */
export function queryString(query: QueryValues = {}): string {
  const set = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  return new URLSearchParams(set.map(([key, value]) => [key, String(value)])).toString();
}

/**
 * The exporter's REST API, through the proxy of a Patchhaven data source. Rejects with ExporterError only.
 * Writes need a Grafana role that plugin.json asks for, and the exporter checks the signed user again.
 */
export class ExporterClient {
  private readonly inFlight = new Map<string, Observable<FetchResponse<unknown>>>();

  /**
   * @param proxyUrl `/api/datasources/proxy/uid/<uid>`, without slash at the end.
   * @param cache lets repeated reads ask for changes only.
   */
  constructor(
    private readonly proxyUrl: string,
    private readonly cache?: ReadCache,
  ) {}

  /** The same API with a memory: what has not changed since is not sent again. */
  withCache(cache: ReadCache): ExporterClient {
    return new ExporterClient(this.proxyUrl, cache);
  }

  async get<P extends ReadPath>(path: P, options: ReadOptions<P> = {}): Promise<Answer<P>> {
    return (await this.read(path, options)).data;
  }

  /** Like `get`, with what the headers say. Equal requests under way at once are one request. */
  async read<P extends ReadPath>(path: P, options: ReadOptions<P> = {}): Promise<ReadAnswer<Answer<P>>> {
    return this.readCached<Answer<P>>(this.urlOf(path, options), options.signal);
  }

  /** For paths that this version of the API description does not have; the caller narrows the answer. */
  async getUnknown(path: string, query?: QueryValues, signal?: AbortSignal): Promise<unknown> {
    return (await this.readCached<unknown>(this.url(path, query), signal)).data;
  }

  /** undefined while the answer is still the one that `etag` names. */
  getIfChanged<P extends ReadPath>(
    path: P,
    options: ReadOptions<P>,
    etag: string | undefined,
  ): Promise<ReadAnswer<Answer<P>> | undefined> {
    return this.readIfChanged<Answer<P>>(this.urlOf(path, options), options.signal, etag);
  }

  /** Follows the cursor until the end, or until `cap` items are there: `isCut` then says that there are more. */
  getPages<P extends PagedPath>(path: P, options: ReadOptions<P>, cap: number): Promise<Pages<Item<P>>> {
    return readPages<Item<P>>(cap, async (cursor, limit) => {
      // Every paged path takes a cursor and a limit, which the type of a single path cannot say.
      const query = { ...options.query, cursor, limit } as unknown as Query<P>;
      return (await this.get(path, { ...options, query })) as unknown as Page<Item<P>>;
    });
  }

  /** All devices that fit, as a table for spreadsheets: no pages. */
  async devicesCsv(query: Query<'/devices'>, signal?: AbortSignal): Promise<Blob> {
    const url = this.url('/devices', { ...query, format: 'csv' } as QueryValues);
    const request = getBackendSrv().fetch<Blob>({ url, method: 'GET', responseType: 'blob', showErrorAlert: false });
    const { data } = await this.send<Blob>(request, signal);
    if (!(data instanceof Blob) || !data.type.startsWith('text/csv')) {
      throw notAnExporter();
    }
    return data;
  }

  /** @param headers beside the type of the body, e.g. `Idempotency-Key`. */
  post<T>(path: string, data: unknown, headers?: Readonly<Record<string, string>>): Promise<T> {
    return this.write<T>('POST', path, data, headers);
  }

  put<T>(path: string, data: unknown): Promise<T> {
    return this.write<T>('PUT', path, data);
  }

  delete<T>(path: string, data?: unknown): Promise<T> {
    return this.write<T>('DELETE', path, data);
  }

  private urlOf<P extends ReadPath>(path: P, options: ReadOptions<P>): string {
    return this.url(fillPath(path, options.path), options.query as QueryValues | undefined);
  }

  private url(path: string, query?: QueryValues): string {
    const search = queryString(query);
    return `${this.proxyUrl}/api/v1${path}${search === '' ? '' : `?${search}`}`;
  }

  private async readCached<T>(url: string, signal: AbortSignal | undefined): Promise<ReadAnswer<T>> {
    if (this.cache === undefined) {
      return this.readUrl<T>(url, signal);
    }
    const kept = this.cache.get(url);
    const answer = await this.readIfChanged<T>(url, signal, kept?.etag);
    if (answer === undefined && kept !== undefined) {
      // Kept under this very URL, so it is of the type that the URL gives.
      return kept as ReadAnswer<T>;
    }
    const fresh = answer ?? (await this.readUrl<T>(url, signal));
    this.cache.set(url, fresh);
    return fresh;
  }

  /** undefined while the answer is still the one that `etag` names. */
  private async readIfChanged<T>(
    url: string,
    signal: AbortSignal | undefined,
    etag: string | undefined,
  ): Promise<ReadAnswer<T> | undefined> {
    try {
      const answer = await this.readUrl<T>(url, signal, etag);
      // A browser cache may have revalidated by itself and answer 200 with the old tag.
      return etag !== undefined && answer.etag === etag ? undefined : answer;
    } catch (error) {
      if (error instanceof ExporterError && error.status === 304) {
        return undefined;
      }
      throw error;
    }
  }

  private async readUrl<T>(url: string, signal?: AbortSignal, etag?: string): Promise<ReadAnswer<T>> {
    const { data, headers } = await this.send<T>(this.shared(url, etag), signal);
    const date = Date.parse(headers?.get('Date') ?? '');
    return {
      data,
      etag: headers?.get('ETag') ?? undefined,
      serverDateMs: Number.isNaN(date) ? undefined : date,
    };
  }

  /** One request for all that ask the same at once; it ends early when the last of them gives up. */
  private shared(url: string, etag: string | undefined): Observable<FetchResponse<unknown>> {
    const key = `${etag ?? ''} ${url}`;
    const running = this.inFlight.get(key);
    if (running !== undefined) {
      return running;
    }
    // Noted when it starts, not before: what nobody waits for must not stand in the way of the next one.
    const request: Observable<FetchResponse<unknown>> = defer(() => {
      this.inFlight.set(key, request);
      return getBackendSrv().fetch<unknown>({
        url,
        method: 'GET',
        headers: etag === undefined ? undefined : { 'If-None-Match': etag },
        showErrorAlert: false,
      });
    }).pipe(
      finalize(() => this.inFlight.delete(key)),
      share(),
    );
    return request;
  }

  private async write<T>(
    method: string,
    path: string,
    data: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<T> {
    const request = getBackendSrv().fetch<T>({
      url: this.url(path),
      method,
      data,
      // Grafana sets a JSON type for POST and PUT only.
      headers: data === undefined ? headers : { 'Content-Type': 'application/json', ...headers },
      showErrorAlert: false,
      showSuccessAlert: false,
    });
    return (await this.send<T>(request, undefined)).data;
  }

  private async send<T>(
    request: Observable<FetchResponse<unknown>>,
    signal: AbortSignal | undefined,
  ): Promise<FetchResponse<T>> {
    let answer: FetchResponse<unknown>;
    try {
      answer = await toAbortable(request, signal);
    } catch (error) {
      throw toExporterError(error);
    }
    // A login page or another program answers 200, too; what the exporter sends is always an object or a list.
    if (typeof answer.data !== 'object' || answer.data === null) {
      throw notAnExporter();
    }
    return answer as FetchResponse<T>;
  }
}
