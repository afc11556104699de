import { type BackendSrv, type BackendSrvRequest, type FetchResponse, setBackendSrv } from '@grafana/runtime';
import { Observable } from 'rxjs';

export interface FakeAnswer {
  readonly status?: number;
  readonly data?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface FakeExporter {
  /** Path and query below `/api/v1`, in order. */
  readonly requests: string[];
  readonly sent: BackendSrvRequest[];
  /** Requests that were given up before they were answered. */
  readonly abandoned: string[];
}

export const proxyUrl = '/api/datasources/proxy/uid/patchhaven';

/**
 * Stands in for Grafana's `backendSrv` and everything behind it: `answer` is asked for each request below the proxy's
 * `/api/v1`. A status of 300 and more is thrown the way Grafana throws it. `undefined` never answers.
 */
export function startFakeExporter(
  answer: (path: string, request: BackendSrvRequest) => FakeAnswer | undefined,
): FakeExporter {
  const fake: FakeExporter = { requests: [], sent: [], abandoned: [] };
  const fetch = <T>(request: BackendSrvRequest) =>
    new Observable<FetchResponse<T>>((observer) => {
      const path = request.url.replace(`${proxyUrl}/api/v1`, '');
      fake.requests.push(path);
      fake.sent.push(request);
      let isAnswered = false;
      const timer = setTimeout(() => {
        const given = answer(path, request);
        if (given === undefined) {
          return;
        }
        isAnswered = true;
        const { status = 200, data, headers = {} } = given;
        if (status >= 300 || status === 0) {
          observer.error({ status, statusText: '', data, config: request });
          return;
        }
        observer.next(toResponse<T>(request, status, data, headers));
        observer.complete();
      }, 0);
      return () => {
        clearTimeout(timer);
        if (!isAnswered) {
          fake.abandoned.push(path);
        }
      };
    });
  // Only `fetch` is used by the plugin.
  setBackendSrv({ fetch } as unknown as BackendSrv);
  return fake;
}

function toResponse<T>(
  config: BackendSrvRequest,
  status: number,
  data: unknown,
  headers: Readonly<Record<string, string>>,
): FetchResponse<T> {
  return {
    data: data as T,
    status,
    statusText: '',
    ok: true,
    headers: new Headers(headers),
    redirected: false,
    type: 'basic',
    url: config.url,
    config,
  };
}

/** A refusal as the exporter words it (RFC 9457). */
export function aProblem(status: number, type: string, detail: string) {
  return {
    status,
    data: {
      type: `urn:patchhaven:problem:${type}`,
      title: type,
      status,
      detail,
      instance: '/api/v1',
      requestId: 'request-1',
    },
  };
}
