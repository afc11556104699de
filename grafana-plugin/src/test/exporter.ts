import type { FetchResponse, BackendSrvRequest } from '@grafana/runtime';
import { from, type Observable } from 'rxjs';

/** What the exporter answers: a body, or a function of the request. `Failure` becomes an HTTP error. */
export type FakeAnswer = unknown | ((request: FakeRequest) => unknown);

export interface FakeRequest {
  readonly method: string;
  /** Path under `/api/v1`, decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** Thrown or returned by an answer: the HTTP error as Grafana's backendSrv reports it. */
export class Failure {
  constructor(
    readonly status: number,
    readonly data: unknown = undefined,
  ) {}
}

/** An answer of the exporter that refuses, as it writes them (RFC 9457). */
export function problem(status: number, detail: string, errors?: ReadonlyArray<{ pointer: string; detail: string }>) {
  const rest = { type: 'urn:patchhaven:problem:test', instance: '/', requestId: 'r' };
  return new Failure(status, { title: 'Refused', status, detail, ...rest, ...(errors && { errors }) });
}

/** An answer that never comes. */
export const never = () => new Promise(() => undefined);

/**
 * Stands in for backendSrv: `GET /windows` → answer. Whatever a test did not provide for is a 404 that fails nothing by
 * itself, like an exporter that is too old; `requests` says what was asked.
 */
export class FakeExporter {
  readonly requests: FakeRequest[] = [];
  private readonly answers = new Map<string, FakeAnswer>();

  on(route: string, answer: FakeAnswer): this {
    this.answers.set(route, answer);
    return this;
  }

  fetch(request: BackendSrvRequest): Observable<FetchResponse<unknown>> {
    return from(this.answer(request));
  }

  /** Requests of one route, e.g. `POST /windows`. */
  sent(route: string): FakeRequest[] {
    return this.requests.filter(({ method, path }) => `${method} ${path}` === route);
  }

  private async answer({
    url,
    method = 'GET',
    data,
    headers = {},
  }: BackendSrvRequest): Promise<FetchResponse<unknown>> {
    const { pathname, searchParams } = new URL(url, 'http://grafana');
    const path = decodeURIComponent(pathname.replace(/^.*\/api\/v1/, ''));
    const request: FakeRequest = { method, path, query: searchParams, body: data, headers };
    this.requests.push(request);
    const found = this.answers.get(`${method} ${path}`) ?? problem(404, 'No such path.');
    const answer: unknown = typeof found === 'function' ? await (found as (r: FakeRequest) => unknown)(request) : found;
    if (answer instanceof Failure) {
      throw { status: answer.status, data: answer.data, config: { url } };
    }
    return { data: answer, status: 200, ok: true, headers: new Headers() } as FetchResponse<unknown>;
  }
}
