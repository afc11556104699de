import { type FetchResponse, getBackendSrv } from '@grafana/runtime';
import { lastValueFrom, type Observable } from 'rxjs';
import { toExporterError } from './exporter-error';
import type { Answer, Query, ReadPath } from './types';

type PathValues = Readonly<Record<string, string>>;
type QueryValues = Readonly<Record<string, string | number | boolean | undefined>>;

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
  /** @param proxyUrl `/api/datasources/proxy/uid/<uid>`, without slash at the end. */
  constructor(private readonly proxyUrl: string) {}

  get<P extends ReadPath>(path: P, options: { path?: PathValues; query?: Query<P> } = {}): Promise<Answer<P>> {
    return this.send<Answer<P>>('GET', fillPath(path, options.path), { query: options.query as QueryValues });
  }

  post<T>(path: string, data: unknown): Promise<T> {
    return this.send<T>('POST', path, { data });
  }

  put<T>(path: string, data: unknown): Promise<T> {
    return this.send<T>('PUT', path, { data });
  }

  delete<T>(path: string): Promise<T> {
    return this.send<T>('DELETE', path);
  }

  private async send<T>(
    method: string,
    path: string,
    { query, data }: { query?: QueryValues; data?: unknown } = {},
  ): Promise<T> {
    const search = queryString(query);
    const url = `${this.proxyUrl}/api/v1${path}${search === '' ? '' : `?${search}`}`;
    const answer: Observable<FetchResponse<T>> = getBackendSrv().fetch<T>({ url, method, data, showErrorAlert: false });
    try {
      return (await lastValueFrom(answer)).data;
    } catch (error) {
      throw toExporterError(error);
    }
  }
}
