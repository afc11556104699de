import type { Clock } from '../../domain/time.ts';
import { notFound } from '../core/problem.ts';
import { type Route, type RouteSpec, route } from '../core/route.ts';
import { isWithin, ownerOf } from '../core/token-scope.ts';
import type { StoreReader } from '../deps.ts';
import { presentToken } from '../present/present-token.ts';
import { Token, TokenParams } from '../schema/token.ts';

export const revokeTokenSpec = {
  method: 'delete',
  path: '/tokens/{id}',
  operationId: 'revokeToken',
  tag: 'tokens',
  summary: 'Revoke an API token: it is refused from now on',
  description: 'Other replicas on the same PostgreSQL notice within five seconds. Revoking it again changes nothing.',
  role: 'admin',
  params: TokenParams,
  responses: { 200: { description: 'Revoked.', schema: Token } },
  problems: ['not_found', 'unavailable'],
  audit: 'token.revoke',
} as const satisfies RouteSpec;

export function revokeTokenRoute(
  store: Pick<StoreReader, 'listTokens'>,
  saveToken: StoreReader['saveToken'],
  clock: Clock,
): Route {
  return route(revokeTokenSpec, async ({ params, principal }) => {
    const found = (await store.listTokens()).find(({ id }) => id === params.id);
    if (found === undefined || !isWithin(principal.scope, found.organizations)) throw notFound('token');
    const now = clock.now();
    const revoked = { ...found, revokedAt: found.revokedAt ?? now };
    if (found.revokedAt === undefined) await saveToken(revoked);
    return {
      body: presentToken(revoked, now),
      audit: { target: found.id, ...ownerOf(found), detail: found.name },
    };
  });
}
