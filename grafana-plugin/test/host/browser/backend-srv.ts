import { AppEvents, urlUtil } from '@grafana/data';
import {
  type BackendSrv,
  type BackendSrvRequest,
  type FetchError,
  type FetchResponse,
  getAppEvents,
} from '@grafana/runtime';
import { EMPTY, from, lastValueFrom, type Observable, Subject } from 'rxjs';
import { filter, takeUntil, throwIfEmpty } from 'rxjs/operators';

/** Errors in the shape and with the texts of Grafana's own backendSrv, since plugins read both. */
function toFetchError(request: BackendSrvRequest, response: Response, body: unknown): FetchError {
  let data = (body === '' ? undefined : body) as Record<string, unknown> | string | undefined;
  data ??= { message: 'Unexpected error' };
  if (typeof data === 'string') data = { message: data, error: response.statusText, response: data };
  if (data.message === undefined && typeof data.error === 'string') data = { ...data, message: data.error };
  return { status: response.status, statusText: response.statusText, data, config: request };
}

async function readBody(response: Response, type: BackendSrvRequest['responseType']): Promise<unknown> {
  if (type === 'blob') return response.blob();
  if (type === 'arraybuffer') return response.arrayBuffer();
  const text = await response.text();
  if (type === 'text') return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function toInit(request: BackendSrvRequest, signal: AbortSignal): RequestInit {
  const headers = new Headers(request.headers);
  const method = (request.method ?? 'GET').toUpperCase();
  if (!headers.has('accept')) headers.set('accept', 'application/json, text/plain, */*');
  if (['POST', 'PUT', 'PATCH'].includes(method) && !headers.has('content-type'))
    headers.set('content-type', 'application/json');
  const authorization = headers.get('authorization');
  if (authorization !== null) {
    headers.set('x-ds-authorization', authorization);
    headers.delete('authorization');
  }
  headers.set('x-grafana-org-id', '1');
  const isText = request.data === undefined || request.data === null || typeof request.data === 'string';
  return { method, headers, signal, body: isText ? request.data : JSON.stringify(request.data) };
}

function toUrl({ url, params }: BackendSrvRequest): string {
  const kept = Object.fromEntries(
    Object.entries(params ?? {}).filter(([, value]) => value !== undefined && value !== ''),
  );
  const query = urlUtil.toUrlParams(kept);
  return query === '' ? url.replace(/^\//, '') : `${url.replace(/^\//, '')}?${query}`;
}

/** Grafana shows an alert for failed calls of its own API, and leaves calls to data sources to the plugin. */
function showAlert(request: BackendSrvRequest, error: FetchError): void {
  const isData = /^\/?api\/(datasources\/proxy|ds\/query)/.test(request.url);
  if (request.showErrorAlert === false || (request.showErrorAlert === undefined && isData)) return;
  setTimeout(() => {
    if (error.isHandled === true) return;
    const type = error.status < 500 ? AppEvents.alertWarning : AppEvents.alertError;
    getAppEvents().publish({ type: type.name, payload: [error.data.message] });
  }, 50);
}

/** `BackendSrv` over the browser's fetch: what plugins use of it, with Grafana's errors, alerts and cancellation. */
export function createBackendSrv(): BackendSrv {
  const started = new Subject<string>();

  const call = async (request: BackendSrvRequest, signal: AbortSignal): Promise<FetchResponse> => {
    const response = await fetch(toUrl(request), toInit(request, signal));
    const data = await readBody(response, request.responseType);
    if (!response.ok) {
      const error = toFetchError(request, response, data);
      showAlert(request, error);
      throw error;
    }
    const { status, statusText, ok, headers, redirected, type, url } = response;
    return { data, status, statusText, ok, headers, redirected, type, url, config: request };
  };

  const fetchStream = <T>(request: BackendSrvRequest): Observable<FetchResponse<T>> => {
    if (request.requestId !== undefined) started.next(request.requestId);
    const aborting = new AbortController();
    request.abortSignal?.addEventListener('abort', () => {
      aborting.abort();
    });
    return from(call(request, aborting.signal) as Promise<FetchResponse<T>>).pipe(
      takeUntil(started.pipe(filter((id) => id === request.requestId))),
      throwIfEmpty(() => ({
        type: 'cancelled',
        cancelled: true,
        data: null,
        status: -1,
        statusText: 'Request was aborted',
      })),
    );
  };

  const request = async <T>(options: BackendSrvRequest): Promise<T> =>
    (await lastValueFrom(fetchStream<T>(options))).data;

  const send =
    (method: string) =>
    <T>(url: string, data?: unknown, options?: Partial<BackendSrvRequest>): Promise<T> =>
      request({ ...options, method, url, data });

  return {
    fetch: fetchStream,
    request,
    chunked: () => EMPTY,
    datasourceRequest: (options: BackendSrvRequest) => lastValueFrom(fetchStream(options)),
    get: (
      url: string,
      params?: BackendSrvRequest['params'],
      requestId?: string,
      options?: Partial<BackendSrvRequest>,
    ) => request({ ...options, method: 'GET', url, params, requestId }),
    delete: send('DELETE'),
    post: send('POST'),
    patch: send('PATCH'),
    put: send('PUT'),
  } as unknown as BackendSrv;
}
