import { type JWTVerifyGetKey, createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Clock } from '../../domain/time.ts';
import type { OrganizationScope, Role } from '../../store/patch-store.ts';
import { ApiError } from '../core/problem.ts';
import type { GrafanaSettings } from '../settings.ts';

/** A user of Grafana, proven by the token Grafana signs for each request it proxies. */
export interface GrafanaUser {
  readonly login: string;
  readonly role: Role;
  readonly scope: OrganizationScope;
}

export interface GrafanaUsers {
  /** Throws ApiError: `forbidden` for a token that proves nothing, `unavailable` when Grafana's keys cannot be read. */
  verify(token: string, config: GrafanaSettings): Promise<GrafanaUser>;
}

/** Claims we act on. `role` came with newer versions: without it nobody is raised. */
const Claims = z.object({
  aud: z.string().regex(/^org:\d+$/),
  type: z.literal('user'),
  sub: z.string().startsWith('user:'),
  username: z.string().min(1),
  role: z.enum(['Viewer', 'Editor', 'Admin', 'None']).optional(),
});

const refetchCooldownMs = 1_000;
const fetchTimeoutMs = 5_000;
const clockToleranceSeconds = 5;

/** Verifies ES256 signature, type, expiry, issuer and audience; keys are cached and read again for an unknown key id. */
export function createGrafanaUsers(clock: Clock): GrafanaUsers {
  let keys: { readonly of: string; readonly get: JWTVerifyGetKey } | undefined;
  const keysFor = (config: GrafanaSettings): JWTVerifyGetKey => {
    const of = `${config.jwksUrl} ${String(config.jwksCacheSeconds)}`;
    if (keys?.of !== of)
      keys = {
        of,
        get: createRemoteJWKSet(new URL(config.jwksUrl), {
          cacheMaxAge: config.jwksCacheSeconds * 1000,
          cooldownDuration: refetchCooldownMs,
          timeoutDuration: fetchTimeoutMs,
        }),
      };
    return keys.get;
  };
  return {
    async verify(token, config) {
      const payload = await verified(token, config, keysFor(config), clock);
      const claims = Claims.safeParse(payload);
      if (!claims.success) throw refused('it is not the token of a user');
      const { aud, username, role } = claims.data;
      const scope = config.organizations[aud.slice('org:'.length)];
      if (scope === undefined) throw refused('this Grafana organization is not configured here');
      return { login: username, role: role === undefined || role === 'None' ? 'viewer' : config.roles[role], scope };
    },
  };
}

async function verified(token: string, config: GrafanaSettings, keys: JWTVerifyGetKey, clock: Clock): Promise<unknown> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ['ES256'],
      typ: 'jwt',
      // Grafana writes its URL with the slash, people without.
      issuer: [config.rootUrl, `${config.rootUrl}/`],
      requiredClaims: ['exp', 'aud', 'sub'],
      clockTolerance: clockToleranceSeconds,
      currentDate: new Date(clock.now() * 1000),
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw refused('it has expired', error);
    if (isKeyFailure(error))
      throw new ApiError('unavailable', 'The signing keys of Grafana cannot be read, so its users cannot be told.', {
        cause: error,
      });
    throw refused('it was not signed by this Grafana', error);
  }
}

/** The keys could not be had at all; jose's own verdicts about a token are all more special than these. */
function isKeyFailure(error: unknown): boolean {
  if (!(error instanceof errors.JOSEError)) return true;
  return (
    error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid || error.code === 'ERR_JOSE_GENERIC'
  );
}

function refused(why: string, cause?: unknown): ApiError {
  return new ApiError('forbidden', `The Grafana user token is refused: ${why}.`, { cause });
}
