import type { Server } from 'node:http';
import type { Express, NextFunction, Request, Response } from 'express';
import express from 'express';
import { z } from 'zod';
import type { SimulatorClock } from './clock.ts';
import type { Faults } from './faults.ts';

/** A refusal the vendor answers with. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

export interface RunningSimulator {
  /** Without a trailing slash. */
  readonly url: string;
  close(): Promise<void>;
}

export interface VendorServer {
  readonly app: Express;
  /** How often each endpoint was asked, by `METHOD /path` with ids replaced. */
  readonly requests: ReadonlyMap<string, number>;
  listen(port?: number, host?: string): Promise<RunningSimulator>;
}

export interface VendorServerOptions {
  readonly clock: SimulatorClock;
  readonly faults: Faults;
  /** Requests that may be answered at once, and per second in the long run; no limit when left out. */
  readonly rateLimit?: { readonly burst: number; readonly perSecond: number };
  /** Keys whose values are names of people's things, and keys whose values are words of a vocabulary. */
  readonly nameKeys: ReadonlySet<string>;
  readonly wordKeys: ReadonlySet<string>;
  /** Asked for tokens: no fault and no limit reaches them unless it names them. */
  readonly tokenPaths?: readonly string[];
  /** Throws ApiError for a caller who may not. */
  readonly authenticate: (request: Request) => void;
  readonly addTokenRoutes?: (app: Express) => void;
  readonly addRoutes: (app: Express) => void;
}

/** An HTTP server that is spoiled by faults, limited by rate and strict about who asks. */
export function createVendorServer(options: VendorServerOptions): VendorServer {
  const { faults } = options;
  const requests = new Map<string, number>();
  const limit = createLimit(options);
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.use((request, _response, next) => {
    const key = `${request.method} ${request.path.replace(/\/[\w-]*\d[\w-]*(?=\/|$)/g, '/{id}')}`;
    requests.set(key, (requests.get(key) ?? 0) + 1);
    next();
  });
  app.use(express.json({ strict: false }), express.urlencoded({ extended: false }));
  options.addTokenRoutes?.(app);
  app.use((request, response, next) => {
    if (refuse(faults, request.path, response)) return;
    options.authenticate(request);
    limit();
    spoilAnswer(options, request.path, response);
    next();
  });
  options.addRoutes(app);
  app.use((request: Request) => {
    throw new ApiError(404, `no such path: ${request.path}`);
  });
  app.use(answerError);
  return { app, requests, listen: (port = 0, host = '127.0.0.1') => listen(app, port, host) };
}

/** Parses strictly: an unknown, repeated or malformed parameter is refused with 400 and its name. */
export function parseStrict<T extends z.ZodType>(schema: T, input: unknown): z.infer<T> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new ApiError(400, z.prettifyError(result.error));
}

function createLimit({ rateLimit, clock }: VendorServerOptions): () => void {
  if (rateLimit === undefined) return () => undefined;
  let tokens = rateLimit.burst;
  let at = clock.now();
  return () => {
    const now = clock.now();
    tokens = Math.min(rateLimit.burst, tokens + (now - at) * rateLimit.perSecond);
    at = now;
    if (tokens < 1) throw new ApiError(429, 'too many requests', { 'Retry-After': '1' });
    tokens -= 1;
  };
}

/** True when a fault has answered, or never will. */
function refuse(faults: Faults, path: string, response: Response): boolean {
  if (faults.take('unauthorized', path)) throw new ApiError(401, 'simulated');
  if (faults.take('forbidden', path)) throw new ApiError(403, 'simulated');
  if (faults.take('server-error', path)) throw new ApiError(503, 'simulated');
  const limited = faults.take('rate-limited', path);
  if (limited) throw new ApiError(429, 'simulated', { 'Retry-After': String(limited.seconds ?? 60) });
  if (faults.take('hang', path)) return true;
  if (!faults.take('html', path)) return false;
  response.type('html').send('<!doctype html><title>Sign in</title>');
  return true;
}

const firstAnswers = new WeakMap<Faults, Map<string, unknown>>();

function spoilAnswer({ faults, nameKeys, wordKeys }: VendorServerOptions, path: string, response: Response): void {
  const json = response.json.bind(response);
  response.json = (body: unknown) => {
    if (response.statusCode !== 200) return json(body);
    let spoiled = body;
    if (faults.take('paging-loop', path)) spoiled = firstAnswer(faults, path, spoiled);
    if (faults.take('null-names', path)) spoiled = mapKeys(spoiled, nameKeys, () => null);
    if (faults.take('unknown-words', path)) spoiled = mapKeys(spoiled, wordKeys, () => 'SomethingNew');
    const half = JSON.stringify(spoiled).slice(0, JSON.stringify(spoiled).length / 2);
    if (faults.take('truncated-json', path)) return response.type('json').send(half);
    if (!faults.take('connection-cut', path)) return json(spoiled);
    response.type('json').set('Content-Length', String(Buffer.byteLength(half) * 2));
    response.write(half, () => response.socket?.destroy());
    return response;
  };
}

function firstAnswer(faults: Faults, path: string, body: unknown): unknown {
  const answers = firstAnswers.get(faults) ?? new Map<string, unknown>();
  firstAnswers.set(faults, answers);
  if (!answers.has(path)) answers.set(path, body);
  return answers.get(path);
}

function mapKeys(value: unknown, keys: ReadonlySet<string>, change: () => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => mapKeys(item, keys, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      keys.has(key) && typeof inner === 'string' ? change() : mapKeys(inner, keys, change),
    ]),
  );
}

/** Express knows an error handler by its four parameters. */
function answerError(error: unknown, _request: Request, response: Response, _next: NextFunction): void {
  const status = error instanceof ApiError ? error.status : 500;
  const headers = error instanceof ApiError ? error.headers : {};
  response
    .status(status)
    .set(headers)
    .json({ message: error instanceof Error ? error.message : String(error) });
}

async function listen(app: Express, port: number, host: string): Promise<RunningSimulator> {
  const server = await new Promise<Server>((resolve, reject) => {
    const starting = app.listen(port, host, (error) => {
      if (error) reject(error);
      else resolve(starting);
    });
  });
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://${host}:${String(bound)}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
