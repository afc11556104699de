import { ConnectorError } from '../../domain/errors.ts';
import type { Clock } from '../../domain/time.ts';
import type { HttpClient } from '../http-client.ts';
import type { Secret } from '../secret.ts';
import { createTokenSource, type TokenSource } from '../token-source.ts';
import { TokenReply } from './api-schema.ts';

export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** Orders need a wider scope than reads; the client must have been given it. */
  readonly takesOrders: boolean;
}

const path = '/ws/oauth/token';

/** Access tokens of the client credentials grant. */
export function createNinjaOneTokens(http: HttpClient, credentials: Credentials, clock: Clock): TokenSource {
  const ask = async (signal: AbortSignal) => {
    const form = {
      grant_type: 'client_credentials',
      client_id: credentials.clientId,
      client_secret: credentials.clientSecret.reveal(),
      scope: credentials.takesOrders ? 'monitoring management' : 'monitoring',
    };
    const reply = TokenReply.safeParse(await http.post(path, { form }, { signal }).catch(asAuthError));
    if (!reply.success) throw new ConnectorError('malformed', 'the token reply has no token', { path });
    return { token: reply.data.access_token, lifetimeSeconds: reply.data.expires_in ?? undefined };
  };
  return createTokenSource({ path, ask, clock, defaultLifetimeSeconds: 300 });
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
