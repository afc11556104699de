import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { ApiError } from './api-error.ts';
import type { SimulatorClock } from './clock.ts';

export type Scope = 'monitoring' | 'management' | 'control';

export interface ApiClient {
  readonly id: string;
  readonly secret: string;
  readonly scopes: readonly Scope[];
  /** Only administrators may set the webhook. */
  readonly administrator: boolean;
}

/** A refusal of the token endpoint; the body is `{error, error_description}`. */
export class TokenError extends Error {
  override readonly name = 'TokenError';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export interface Grant {
  readonly client: ApiClient;
  readonly scopes: readonly Scope[];
  readonly expiresAtUnixSeconds: number;
}

export interface TokenResponse {
  access_token: string;
  token_type: 'Bearer';
  expires_in: number;
  scope: string;
}

export interface Auth {
  /** Answers the token endpoint; throws TokenError. */
  issue(form: unknown): TokenResponse;
  /** Throws ApiError 401 for a token that is missing, unknown or expired, 403 for one that lacks the scope. */
  require(authorization: string | undefined, scope: Scope): ApiClient;
  /** Ends every token at once. */
  revokeAll(): void;
}

const TokenForm = z.object({
  grant_type: z.string(),
  client_id: z.string(),
  client_secret: z.string(),
  scope: z.string().optional(),
});

export function createAuth(clients: readonly ApiClient[], expiresInSeconds: number, clock: SimulatorClock): Auth {
  const grants = new Map<string, Grant>();

  return {
    issue(form) {
      const asked = TokenForm.safeParse(form);
      if (!asked.success)
        throw new TokenError(400, 'invalid_request', 'grant_type, client_id and client_secret are required');
      const client = authenticate(clients, asked.data);
      const scopes = grantedScopes(client, asked.data.scope);
      const token = randomUUID();
      grants.set(token, { client, scopes, expiresAtUnixSeconds: clock.now() + expiresInSeconds });
      return { access_token: token, token_type: 'Bearer', expires_in: expiresInSeconds, scope: scopes.join(' ') };
    },
    require(authorization, scope) {
      const token = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1];
      const grant = token === undefined ? undefined : grants.get(token);
      if (grant === undefined) throw new ApiError(401, 'no valid access token');
      if (clock.now() >= grant.expiresAtUnixSeconds) throw new ApiError(401, 'access token expired');
      if (!grant.scopes.includes(scope)) throw new ApiError(403, `scope "${scope}" is required`);
      return grant.client;
    },
    revokeAll: () => {
      grants.clear();
    },
  };
}

/** A client id lives in one region only: elsewhere it is not found rather than wrong. */
function authenticate(clients: readonly ApiClient[], form: z.infer<typeof TokenForm>): ApiClient {
  if (form.grant_type !== 'client_credentials') {
    throw new TokenError(400, 'unsupported_grant_type', `grant type "${form.grant_type}" is not simulated`);
  }
  const client = clients.find(({ id }) => id === form.client_id);
  if (client === undefined) throw new TokenError(404, 'invalid_client', 'no such client on this host');
  if (client.secret !== form.client_secret) throw new TokenError(400, 'invalid_client', 'wrong client secret');
  return client;
}

function grantedScopes(client: ApiClient, asked: string | undefined): readonly Scope[] {
  if (asked === undefined) return client.scopes;
  const names = asked.split(' ').filter((name) => name !== '');
  const scopes = client.scopes.filter((scope) => names.includes(scope));
  if (scopes.length < names.length)
    throw new TokenError(400, 'invalid_scope', `scope "${asked}" is not open to this client`);
  return scopes;
}
