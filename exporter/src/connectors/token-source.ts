import { ConnectorError } from '../domain/errors.ts';
import type { Clock, UnixSeconds } from '../domain/time.ts';
import type { GetOptions, HttpClient } from './http-client.ts';
import { asUnsent } from './order-outcome.ts';
import { Secret } from './secret.ts';

export interface TokenReply {
  readonly token: string;
  /** How long the vendor says it lives; undefined where it does not say, or not in a way that can be relied on. */
  readonly lifetimeSeconds: number | undefined;
}

/** Access tokens: kept until shortly before they expire, asked for once at a time. */
export interface TokenSource {
  get(signal: AbortSignal): Promise<Secret>;
  /** The vendor refused this token: the next `get` asks for a new one. */
  reject(token: Secret): void;
}

export interface TokenSourceOptions {
  /** Path of the token endpoint, for messages. */
  readonly path: string;
  /**
   * Asks for a token; a refusal of the credentials is ConnectorError('auth'). `old` is one that is about to expire, for
   * vendors that renew. The signal is never a single caller's: every caller that waits shares the request.
   */
  readonly ask: (signal: AbortSignal, old: Secret | undefined) => Promise<TokenReply>;
  readonly clock: Clock;
  /** Lifetime assumed where the reply names none. */
  readonly defaultLifetimeSeconds: number;
}

const refreshAheadSeconds = 60;

interface Held {
  readonly token: Secret;
  readonly refreshAt: UnixSeconds;
}

export function createTokenSource({ path, ask, clock, defaultLifetimeSeconds }: TokenSourceOptions): TokenSource {
  let held: Held | undefined;
  let asking: Promise<Held> | undefined;

  async function renew(): Promise<Held> {
    const { token, lifetimeSeconds } = await ask(new AbortController().signal, held?.token);
    const lifetime = lifetimeSeconds ?? defaultLifetimeSeconds;
    const ahead = Math.min(refreshAheadSeconds, lifetime / 5);
    return { token: new Secret(token), refreshAt: clock.now() + lifetime - ahead };
  }

  async function renewOnce(): Promise<Held> {
    asking ??= renew().finally(() => {
      asking = undefined;
    });
    return await asking;
  }

  return {
    async get(signal) {
      if (held === undefined || clock.now() >= held.refreshAt) held = await orAborted(renewOnce(), signal, path);
      return held.token;
    },
    reject(token) {
      if (held?.token === token) held = undefined;
    },
  };
}

/** GETs with a token, as header names and values. One that dies before its time is renewed once. */
export function createAuthorizedGet(
  http: HttpClient,
  tokens: TokenSource,
  headersOf: (token: string) => Readonly<Record<string, string>>,
): (target: string, options: Omit<GetOptions, 'headers'>) => Promise<unknown> {
  return async (target, options) => {
    const token = await tokens.get(options.signal);
    try {
      return await http.get(target, { ...options, headers: headersOf(token.reveal()) });
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.kind !== 'auth') throw error;
      tokens.reject(token);
      const fresh = await tokens.get(options.signal);
      return await http.get(target, { ...options, headers: headersOf(fresh.reveal()) });
    }
  };
}

/** Sends an order with a token, once; one that the vendor called expired was not carried out, and is sent with a new one. */
export function createAuthorizedSend(
  http: HttpClient,
  tokens: TokenSource,
  headersOf: (token: string) => Readonly<Record<string, string>>,
): AuthorizedSend {
  return async (method, target, json, signal) => {
    const token = await tokens.get(signal).catch(asUnsent);
    try {
      return await http.send(method, target, json, { signal, headers: headersOf(token.reveal()) });
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.kind !== 'auth') throw error;
      tokens.reject(token);
      const fresh = await tokens.get(signal).catch(asUnsent);
      return await http.send(method, target, json, { signal, headers: headersOf(fresh.reveal()) });
    }
  };
}

export type AuthorizedSend = (
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  target: string,
  json: unknown,
  signal: AbortSignal,
) => Promise<unknown>;

export function bearer(token: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${token}` };
}

async function orAborted<T>(promise: Promise<T>, signal: AbortSignal, path: string): Promise<T> {
  return await new Promise<T>((resolve, reject) => {
    const stop = (): void => {
      reject(new ConnectorError('aborted', 'stopped while waiting for a token', { path }));
    };
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', stop);
    });
  });
}
