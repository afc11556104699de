/** One expected request and its answer. */
export interface MockRoute {
  readonly method?: 'GET' | 'POST';
  /** Exact path without query. */
  readonly path: string;
  /** Only these query parameters are compared; `null` = must be absent. */
  readonly query?: Readonly<Record<string, string | null>>;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, or raw when it is a string. `hang`: never answers. */
  readonly body?: unknown;
  readonly hang?: boolean;
  /** How often it answers; default once, Infinity = as often as asked and at least once. */
  readonly times?: number;
}

export interface SentRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string;
}

export interface HttpMock {
  readonly fetch: typeof fetch;
  readonly sent: readonly SentRequest[];
  /** Requests that no route expected. */
  readonly unexpected: readonly string[];
  /** Routes that were never asked. */
  unused(): readonly string[];
}

/** A `fetch` that answers from a list and remembers what was asked, what was not expected and what was not used. */
export function createHttpMock(routes: readonly MockRoute[]): HttpMock {
  const left = routes.map((route) => ({ route, times: route.times ?? 1, asked: 0 }));
  const sent: SentRequest[] = [];
  const unexpected: string[] = [];

  const mockFetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    sent.push({ method: request.method, url, headers: request.headers, body: await request.text() });
    const entry = left.find(({ route, times }) => times > 0 && matches(route, request.method, url));
    if (entry === undefined) {
      unexpected.push(`${request.method} ${url.pathname}${url.search}`);
      return new Response('{"unexpected":true}', { status: 418 });
    }
    entry.times -= 1;
    entry.asked += 1;
    if (entry.route.hang === true) return await hang(init?.signal ?? undefined);
    return answer(entry.route);
  };

  return {
    fetch: mockFetch,
    sent,
    unexpected,
    unused: () => left.filter(({ asked }) => asked === 0).map(({ route }) => `${route.method ?? 'GET'} ${route.path}`),
  };
}

function matches(route: MockRoute, method: string, url: URL): boolean {
  if ((route.method ?? 'GET') !== method || route.path !== url.pathname) return false;
  return Object.entries(route.query ?? {}).every(([key, value]) => url.searchParams.get(key) === value);
}

function answer({ status = 200, headers, body }: MockRoute): Response {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const empty = status === 204 || status === 304;
  return new Response(empty ? null : text, { status, headers: { 'content-type': 'application/json', ...headers } });
}

async function hang(signal: AbortSignal | undefined): Promise<Response> {
  return await new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => {
      reject(new DOMException('aborted', 'AbortError'));
    });
    if (signal?.aborted === true) reject(new DOMException('aborted', 'AbortError'));
  });
}
