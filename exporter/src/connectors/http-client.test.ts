import { describe, expect, it } from 'vitest';
import { createHttpMock, type MockRoute } from '../../test/support/http-mock.ts';
import { ConnectorError } from '../domain/errors.ts';
import { createHttpClient, defaultHttpOptions, type HttpClientOptions } from './http-client.ts';

const start = Date.parse('2026-08-11T10:00:00Z') / 1000;

function setUp(routes: readonly MockRoute[], options: Partial<HttpClientOptions> = {}) {
  const mock = createHttpMock(routes);
  const slept: number[] = [];
  let now = start;
  const client = createHttpClient(
    { ...defaultHttpOptions, baseUrl: 'https://rmm.example/api', ...options },
    {
      fetch: mock.fetch,
      clock: { now: () => now },
      sleep: async (ms, signal) => {
        signal?.throwIfAborted();
        slept.push(ms);
        now += ms / 1000;
        await Promise.resolve();
      },
      random: () => 0,
    },
  );
  const { signal } = new AbortController();
  return { client, mock, slept, signal };
}

async function failure(promise: Promise<unknown>): Promise<ConnectorError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ConnectorError)) throw new Error('expected a ConnectorError');
  return error;
}

describe('createHttpClient', () => {
  it('reads JSON under the base path with the given query and headers', async () => {
    const { client, mock, signal } = setUp([{ path: '/api/things', query: { after: '7', page: null }, body: [1] }]);
    const query = { after: 7, page: undefined };
    expect(await client.get('/things', { signal, query, headers: { authorization: 'Bearer t' } })).toEqual([1]);
    expect(mock.sent[0]?.headers.get('authorization')).toBe('Bearer t');
  });

  it.each([
    [401, 'auth'],
    [403, 'forbidden'],
    [400, 'malformed'],
    [302, 'malformed'],
    [404, 'unavailable'],
  ] as const)('turns %s into %s without asking again', async (status, kind) => {
    const { client, mock, signal } = setUp([
      { path: '/api/x', status, headers: { location: 'https://evil.example/' } },
    ]);
    const error = await failure(client.get('x', { signal }));
    expect([error.kind, error.status, error.path]).toEqual([kind, status, '/api/x']);
    expect(mock.sent).toHaveLength(1);
  });

  it.each([
    [429, 'rate_limited'],
    [500, 'unavailable'],
    [503, 'unavailable'],
  ] as const)('gives up on %s after the last attempt', async (status, kind) => {
    const { client, mock, slept, signal } = setUp([{ path: '/api/x', status, times: Infinity }], { maxAttempts: 3 });
    expect((await failure(client.get('x', { signal }))).kind).toBe(kind);
    expect(mock.sent).toHaveLength(3);
    expect(slept).toEqual([250, 500]);
  });

  it('recovers when a later attempt succeeds', async () => {
    const { client, signal } = setUp([
      { path: '/api/x', status: 502 },
      { path: '/api/x', body: { ok: true } },
    ]);
    expect(await client.get('x', { signal })).toEqual({ ok: true });
  });

  it.each([
    ['seconds', '20'],
    ['a date', 'Tue, 11 Aug 2026 10:00:20 GMT'],
  ])('waits as long as Retry-After asks in %s', async (_form, header) => {
    const { client, slept, signal } = setUp([
      { path: '/api/x', status: 429, headers: { 'retry-after': header } },
      { path: '/api/x', body: [] },
    ]);
    await client.get('x', { signal });
    expect(slept.reduce((sum, ms) => sum + ms, 0)).toBe(20_000);
  });

  it('makes every later request wait too', async () => {
    const { client, slept, signal } = setUp(
      [
        { path: '/api/x', status: 429, headers: { 'retry-after': '20' } },
        { path: '/api/y', body: [] },
      ],
      { maxAttempts: 1 },
    );
    await failure(client.get('x', { signal }));
    await client.get('y', { signal });
    expect(slept).toEqual([20_000]);
  });

  it('fails at once when Retry-After goes past the cap, and sends nothing until then', async () => {
    const route = { path: '/api/x', status: 429, headers: { 'retry-after': '3600' } };
    const { client, mock, slept, signal } = setUp([route]);
    expect((await failure(client.get('x', { signal }))).kind).toBe('rate_limited');
    expect((await failure(client.get('x', { signal }))).kind).toBe('rate_limited');
    expect(mock.sent).toHaveLength(1);
    expect(slept).toEqual([]);
  });

  it.each([
    ['HTML with status 200', { headers: { 'content-type': 'text/html' }, body: '<html>Sign in</html>' }],
    ['HTML that claims to be JSON', { body: '<html>Sign in</html>' }],
    ['cut-off JSON', { body: '[{"id":1},{"i' }],
    ['an answer past the size cap', { body: `"${'x'.repeat(200)}"` }],
  ])('calls %s malformed and does not quote it', async (_what, answer) => {
    const { client, signal } = setUp([{ path: '/api/x', ...answer }], { maxResponseBytes: 100 });
    const error = await failure(client.get('x', { signal }));
    expect(error.kind).toBe('malformed');
    expect(`${error.message} ${String(error.cause)}`).not.toMatch(/Sign in|"id"|xxx/);
  });

  it('gives undefined for an answer without a body', async () => {
    const { client, signal } = setUp([{ path: '/api/x', status: 204 }]);
    expect(await client.get('x', { signal })).toBeUndefined();
  });

  it('times out', async () => {
    const { client, signal } = setUp([{ path: '/api/x', hang: true }], { timeoutMs: 10, maxAttempts: 1 });
    expect((await failure(client.get('x', { signal }))).kind).toBe('timeout');
  });

  it('stops during a request and while waiting, when told to', async () => {
    const { client, mock } = setUp([{ path: '/api/x', hang: true }]);
    const stop = new AbortController();
    const reading = failure(client.get('x', { signal: stop.signal }));
    stop.abort();
    expect((await reading).kind).toBe('aborted');
    expect((await failure(client.get('x', { signal: stop.signal }))).kind).toBe('aborted');
    expect(mock.sent.length).toBeLessThanOrEqual(1);
  });

  it.each(['https://evil.example/api/x', '//evil.example/x', 'http://rmm.example/api/x', 'ftp://rmm.example/x'])(
    'refuses to follow a link to %s',
    async (link) => {
      const { client, mock, signal } = setUp([]);
      expect((await failure(client.get(link, { signal }))).kind).toBe('malformed');
      expect(mock.sent).toHaveLength(0);
    },
  );

  it('follows a full link on its own origin', async () => {
    const { client, signal } = setUp([{ path: '/api/x', query: { page: '2' }, body: [2] }]);
    expect(await client.get('https://rmm.example/api/x?page=2', { signal })).toEqual([2]);
  });

  it('names a broken connection unavailable', async () => {
    const client = createHttpClient(
      { ...defaultHttpOptions, baseUrl: 'https://rmm.example', maxAttempts: 1 },
      {
        fetch: () => Promise.reject(new TypeError('fetch failed')),
        clock: { now: () => start },
        sleep: () => Promise.resolve(),
        random: () => 0,
      },
    );
    expect((await failure(client.get('x', { signal: new AbortController().signal }))).kind).toBe('unavailable');
  });

  it('never repeats a POST', async () => {
    const { client, mock, signal } = setUp([{ method: 'POST', path: '/api/token', status: 503, times: Infinity }]);
    expect((await failure(client.post('token', { form: { secret: 's' } }, { signal }))).kind).toBe('unavailable');
    expect(mock.sent).toHaveLength(1);
  });

  it('keeps to the rate once the burst is used up', async () => {
    const routes = [{ path: '/api/x', body: [], times: Infinity }];
    const { client, slept, signal } = setUp(routes, { burst: 2, ratePerSecond: 4, concurrency: 1 });
    for (let i = 0; i < 5; i += 1) await client.get('x', { signal });
    expect(slept).toEqual([250, 250, 250]);
  });

  it('keeps to the concurrency', async () => {
    let running = 0;
    let most = 0;
    const slowFetch = async (): Promise<Response> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return new Response('[]');
    };
    const client = createHttpClient(
      { ...defaultHttpOptions, baseUrl: 'https://rmm.example', concurrency: 2, burst: 100 },
      { fetch: slowFetch, clock: { now: () => start }, sleep: () => Promise.resolve(), random: () => 0 },
    );
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 9 }, () => client.get('x', { signal })));
    expect(most).toBe(2);
  });
});
