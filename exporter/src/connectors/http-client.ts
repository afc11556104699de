import pLimit from 'p-limit';
import { ConnectorError } from '../domain/errors.ts';
import type { Clock } from '../domain/time.ts';
import { readBody } from './read-body.ts';
import { retryAfterSeconds } from './retry-after.ts';
import type { Sleep } from './sleep.ts';
import { createTokenBucket } from './token-bucket.ts';

export interface HttpClientOptions {
  /** Scheme, host and an optional path that every request path is appended to. */
  readonly baseUrl: string;
  /** For one attempt, from the request to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly concurrency: number;
  readonly ratePerSecond: number;
  readonly burst: number;
  /** Tries per GET in all, the first included. */
  readonly maxAttempts: number;
  /** Longest wait a vendor's Retry-After may cause inside one read; a longer one fails the read at once. */
  readonly maxRetryAfterSeconds: number;
  readonly maxResponseBytes: number;
  /** Pause after a 429 that names none, for vendors who block those that go on. */
  readonly pauseAfter429Seconds?: number;
}

export const defaultHttpOptions = {
  timeoutMs: 30_000,
  concurrency: 2,
  ratePerSecond: 4,
  burst: 8,
  maxAttempts: 4,
  maxRetryAfterSeconds: 120,
  maxResponseBytes: 32 * 1024 * 1024,
} as const satisfies Omit<HttpClientOptions, 'baseUrl'>;

/** Everything from outside, so that tests own time, chance and the network. */
export interface HttpDeps {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly sleep: Sleep;
  /** In [0, 1). */
  readonly random: () => number;
}

export type Query = Readonly<Record<string, string | number | undefined>>;

export interface GetOptions {
  readonly signal: AbortSignal;
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * JSON over HTTP as every connector needs it. Resolves with the parsed body (undefined when there is none) or throws
 * ConnectorError. No message carries a query, a header or a body.
 */
export interface HttpClient {
  /** `target`: a path, or a full URL (next link), which must stay on the configured origin. Retried. */
  get(target: string, options: GetOptions): Promise<unknown>;
  /** One attempt, never repeated: for asking for a token, and for orders that must not be given twice. */
  post(target: string, body: PostBody, options: SendOptions): Promise<unknown>;
  /** The same with another method; `json` absent: no body. */
  send(
    method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    target: string,
    json: unknown,
    options: SendOptions,
  ): Promise<unknown>;
}

export type SendOptions = Pick<GetOptions, 'signal' | 'headers'>;

export type PostBody = { readonly form: Readonly<Record<string, string>> } | { readonly json: unknown };

const retriedKinds: ReadonlySet<string> = new Set(['rate_limited', 'unavailable', 'timeout']);
const backoffBaseMs = 500;
const backoffCapMs = 15_000;

interface Attempt {
  readonly url: URL;
  readonly init: RequestInit;
  readonly signal: AbortSignal;
}

export function createHttpClient(options: HttpClientOptions, deps: HttpDeps): HttpClient {
  const base = new URL(options.baseUrl.endsWith('/') ? options.baseUrl : `${options.baseUrl}/`);
  const limit = pLimit(options.concurrency);
  const bucket = createTokenBucket(options, deps.clock, deps.sleep);
  /** The vendor asked everyone, not one request, to wait until then. */
  let pausedUntil = 0;

  function resolve(target: string, query: Query = {}): URL {
    const url = /^[a-z][a-z\d+.-]*:|^\/\//i.test(target)
      ? new URL(target, base)
      : new URL(target.replace(/^\/+/, ''), base);
    if (url.origin !== base.origin)
      throw new ConnectorError('malformed', 'the vendor named a page on another host', { path: url.pathname });
    for (const [key, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(key, String(value));
    return url;
  }

  async function wait(ms: number, signal: AbortSignal, path: string): Promise<void> {
    try {
      if (ms > 0) await deps.sleep(ms, signal);
      signal.throwIfAborted();
    } catch (cause) {
      throw new ConnectorError('aborted', 'stopped while waiting', { cause, path, unsent: true });
    }
  }

  async function send({ url, init, signal }: Attempt): Promise<unknown> {
    const path = url.pathname;
    const pauseSeconds = pausedUntil - deps.clock.now();
    if (pauseSeconds > options.maxRetryAfterSeconds)
      throw new ConnectorError('rate_limited', 'the vendor asked for a longer pause', {
        status: 429,
        path,
        unsent: true,
      });
    await wait(pauseSeconds * 1000, signal, path);
    try {
      await bucket.take(signal);
    } catch (cause) {
      throw new ConnectorError('aborted', 'stopped while waiting', { cause, path, unsent: true });
    }
    return await exchange({ url, init, signal });
  }

  async function exchange({ url, init, signal }: Attempt): Promise<unknown> {
    const path = url.pathname;
    const stop = new AbortController();
    const abort = (): void => {
      stop.abort();
    };
    const timer = setTimeout(abort, options.timeoutMs);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    try {
      const response = await deps.fetch(url, { ...init, redirect: 'manual', signal: stop.signal });
      if (!response.ok) {
        noteRetryAfter(response);
        await response.body?.cancel();
        throw refusal(response.status, path);
      }
      return await readBody(response, options.maxResponseBytes, path);
    } catch (error) {
      if (error instanceof ConnectorError) throw error;
      if (signal.aborted) throw new ConnectorError('aborted', 'stopped during a request', { cause: error, path });
      if (stop.signal.aborted)
        throw new ConnectorError('timeout', `no answer within ${String(options.timeoutMs)} ms`, { path });
      throw new ConnectorError('unavailable', 'the connection failed', { cause: error, path });
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    }
  }

  function noteRetryAfter(response: Response): void {
    if (response.status !== 429 && response.status !== 503) return;
    const asked = retryAfterSeconds(response.headers.get('retry-after'), deps.clock.now());
    const seconds = asked ?? (response.status === 429 ? options.pauseAfter429Seconds : undefined);
    if (seconds !== undefined) pausedUntil = Math.max(pausedUntil, deps.clock.now() + seconds);
  }

  async function withRetries(attempt: Attempt): Promise<unknown> {
    for (let tried = 1; ; tried += 1) {
      try {
        return await limit(() => send(attempt));
      } catch (error) {
        if (!(error instanceof ConnectorError) || !isRetried(error) || tried >= options.maxAttempts) throw error;
        if (pausedUntil - deps.clock.now() > options.maxRetryAfterSeconds) throw error;
        const ceilingMs = Math.min(backoffCapMs, backoffBaseMs * 2 ** (tried - 1));
        await wait(ceilingMs * (0.5 + deps.random() / 2), attempt.signal, attempt.url.pathname);
      }
    }
  }

  async function sendOnce(
    method: string,
    target: string,
    body: string | URLSearchParams | undefined,
    { signal, headers }: SendOptions,
  ): Promise<unknown> {
    const type: Record<string, string> = typeof body === 'string' ? { 'content-type': 'application/json' } : {};
    const init = {
      method,
      headers: { accept: 'application/json', ...type, ...headers },
      ...(body === undefined ? {} : { body }),
    };
    return await limit(() => send({ url: resolve(target), init, signal }));
  }

  return {
    get: async (target, { signal, query, headers }) =>
      await withRetries({
        url: resolve(target, query),
        init: { headers: { accept: 'application/json', ...headers } },
        signal,
      }),
    post: async (target, body, options) =>
      'json' in body
        ? await sendOnce('POST', target, JSON.stringify(body.json), options)
        : await sendOnce('POST', target, new URLSearchParams(body.form), options),
    send: async (method, target, json, options) =>
      await sendOnce(method, target, json === undefined ? undefined : JSON.stringify(json), options),
  };
}

/** A status that says "not there" or "not like that" will say so again. */
function isRetried(error: ConnectorError): boolean {
  return retriedKinds.has(error.kind) && error.status !== 404;
}

/** Status → kind. A 404 is a vendor without this endpoint or object; other 4xx mean that we asked wrongly. */
function refusal(status: number, path: string): ConnectorError {
  const details = { status, path };
  const said = `the vendor answered ${String(status)}`;
  if (status === 401) return new ConnectorError('auth', said, details);
  if (status === 403) return new ConnectorError('forbidden', said, details);
  if (status === 408) return new ConnectorError('timeout', said, details);
  if (status === 429) return new ConnectorError('rate_limited', said, details);
  if (status === 404 || status >= 500) return new ConnectorError('unavailable', said, details);
  if (status >= 300 && status < 400)
    return new ConnectorError('malformed', `${said}, a redirect: check the base URL`, details);
  return new ConnectorError('malformed', said, details);
}
