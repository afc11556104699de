import { ConnectorError } from '../../domain/errors.ts';
import type { Clock, UnixSeconds } from '../../domain/time.ts';
import type { HttpClient } from '../http-client.ts';
import { Secret } from '../secret.ts';
import { TokenReply } from './api-schema.ts';

export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: Secret;
}

/** Access tokens of the client credentials grant: kept until shortly before they expire, asked for once at a time. */
export interface TokenSource {
  get(signal: AbortSignal): Promise<Secret>;
  /** The vendor refused this token: the next `get` asks for a new one. */
  reject(token: Secret): void;
}

const path = '/ws/oauth/token';
/** Lifetime assumed when the reply names none. */
const defaultLifetimeSeconds = 300;
const refreshAheadSeconds = 60;

interface Held {
  readonly token: Secret;
  readonly refreshAt: UnixSeconds;
}

export function createTokenSource(http: HttpClient, credentials: Credentials, clock: Clock): TokenSource {
  let held: Held | undefined;
  let asking: Promise<Held> | undefined;

  async function ask(): Promise<Held> {
    const form = {
      grant_type: 'client_credentials',
      client_id: credentials.clientId,
      client_secret: credentials.clientSecret.reveal(),
      scope: 'monitoring',
    };
    // Shared by every caller that waits, so no single caller's abort may end it; the HTTP timeout does.
    const reply = TokenReply.safeParse(
      await http.postForm(path, form, new AbortController().signal).catch(asAuthError),
    );
    if (!reply.success) throw new ConnectorError('malformed', 'the token reply has no token', { path });
    const lifetime = reply.data.expires_in ?? defaultLifetimeSeconds;
    const ahead = Math.min(refreshAheadSeconds, lifetime / 5);
    return { token: new Secret(reply.data.access_token), refreshAt: clock.now() + lifetime - ahead };
  }

  async function refresh(): Promise<Held> {
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return await asking;
  }

  return {
    async get(signal) {
      if (held === undefined || clock.now() >= held.refreshAt) held = await orAborted(refresh(), signal);
      return held.token;
    },
    reject(token) {
      if (held?.token === token) held = undefined;
    },
  };
}

/** The token endpoint answers 400 to a wrong client or scope. */
function asAuthError(error: unknown): never {
  if (error instanceof ConnectorError && [400, 401, 403].includes(error.status ?? 0))
    throw new ConnectorError('auth', 'the vendor refused the client credentials', {
      path,
      ...(error.status === undefined ? {} : { status: error.status }),
    });
  throw error;
}

async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
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
