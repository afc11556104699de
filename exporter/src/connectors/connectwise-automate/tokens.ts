import { ConnectorError } from '../../domain/errors.ts';
import type { Clock } from '../../domain/time.ts';
import type { HttpClient } from '../http-client.ts';
import type { Secret } from '../secret.ts';
import { bearer, createTokenSource, type TokenSource } from '../token-source.ts';
import { TokenReply, TwoFactorReply } from './api-schema.ts';
import type { AutomateOptions } from './config.ts';

export const tokenPath = '/cwa/api/v1/apitoken';
const refreshPath = `${tokenPath}/refresh`;

/** A token lives about an hour; its expiry comes without a zone and is not relied on. */
const lifetimeSeconds = 45 * 60;

type Credentials = Pick<AutomateOptions, 'clientId' | 'userName' | 'userPassword'>;

/** Access tokens of a user session: renewed while one is alive, asked for by password otherwise. */
export function createAutomateTokens(http: HttpClient, credentials: Credentials, clock: Clock): TokenSource {
  const headers = { clientId: credentials.clientId };

  async function renew(old: Secret, signal: AbortSignal): Promise<string | undefined> {
    try {
      const json = old.reveal();
      const reply = await http.post(refreshPath, { json }, { signal, headers: { ...headers, ...bearer(json) } });
      return TokenReply.safeParse(reply).data?.AccessToken;
    } catch (error) {
      // Too old to be renewed, or a server without that route: the password still works.
      if (error instanceof ConnectorError && error.kind !== 'aborted') return undefined;
      throw error;
    }
  }

  async function logIn(signal: AbortSignal): Promise<string> {
    const json = { UserName: credentials.userName, Password: credentials.userPassword.reveal() };
    const reply: unknown = await http.post(tokenPath, { json }, { signal, headers }).catch(asAuthError);
    const token = TokenReply.safeParse(reply).data?.AccessToken;
    if (token !== undefined) return token;
    if (TwoFactorReply.safeParse(reply).success)
      throw new ConnectorError('auth', 'the account asks for a second factor', { path: tokenPath });
    throw new ConnectorError('malformed', 'the token reply has no token', { path: tokenPath });
  }

  return createTokenSource({
    path: tokenPath,
    clock,
    defaultLifetimeSeconds: lifetimeSeconds,
    ask: async (signal, old) => ({
      token: (old === undefined ? undefined : await renew(old, signal)) ?? (await logIn(signal)),
      lifetimeSeconds,
    }),
  });
}

function asAuthError(error: unknown): never {
  if (error instanceof ConnectorError && [400, 401, 403].includes(error.status ?? 0))
    throw new ConnectorError('auth', 'the vendor refused the user or the client id', {
      path: tokenPath,
      ...(error.status === undefined ? {} : { status: error.status }),
    });
  throw error;
}
