import type { IncomingMessage } from 'node:http';
import { ApiError } from '../core/problem.ts';
import { intersect } from '../core/scope.ts';
import type { ApiSettings } from '../settings.ts';
import type { GrafanaUsers } from './grafana.ts';
import { type Principal, hasRole } from './principal.ts';
import type { RateLimiter } from './rate-limit.ts';
import type { TokenVerifier } from './token.ts';

/** Wrong tokens one address may try before it has to wait: guessing 256 bits is hopeless, filling the log is not. */
const failureLimit = { requestsPerSecond: 1, burst: 20 };

/** Throws ApiError `unauthenticated`, `rate_limited`, `forbidden` or `unavailable`. */
export type Authenticate = (req: IncomingMessage, api: ApiSettings) => Promise<Principal>;

/** Bearer token first, then, where Grafana is configured and sent one, its signed user on top of it. */
export function createAuthenticate(tokens: TokenVerifier, grafana: GrafanaUsers, limiter: RateLimiter): Authenticate {
  return async (req, api) => {
    const text = /^Bearer ([^\s]+)$/i.exec(req.headers.authorization ?? '')?.[1];
    const token = text === undefined ? undefined : await tokens.verify(text);
    if (token === undefined) throw failure(limiter, req.socket.remoteAddress ?? 'unknown');
    const waitSeconds = limiter.take(`token ${token.id}`, api.rateLimit);
    if (waitSeconds > 0) throw tooMany(waitSeconds);

    const base = {
      tokenId: token.id,
      actor: `token:${token.name}`,
      role: token.role,
      tokenRole: token.role,
      scope: token.organizations,
    };
    const userToken = req.headers['x-grafana-id'];
    if (api.grafana === undefined || userToken === undefined) return base;
    const user = await grafana.verify(String(userToken), api.grafana);
    return {
      ...base,
      actor: `${base.actor} user:${user.login}`,
      role: hasRole(token.role, user.role) ? token.role : user.role,
      scope: intersect(token.organizations, user.scope),
    };
  };
}

function failure(limiter: RateLimiter, address: string): ApiError {
  const waitSeconds = limiter.take(`failure ${address}`, failureLimit);
  if (waitSeconds > 0) return tooMany(waitSeconds);
  return new ApiError('unauthenticated', 'Send "Authorization: Bearer <token>".', {
    headers: { 'WWW-Authenticate': 'Bearer realm="patchhaven"' },
  });
}

function tooMany(waitSeconds: number): ApiError {
  return new ApiError('rate_limited', 'Slow down.', { headers: { 'Retry-After': String(Math.ceil(waitSeconds)) } });
}
