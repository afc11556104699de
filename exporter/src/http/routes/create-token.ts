import type { Clock } from '../../domain/time.ts';
import type { TokenRecord } from '../../store/patch-store.ts';
import { createToken, describeToken } from '../auth/token.ts';
import { ApiError } from '../core/problem.ts';
import { type Route, type RouteSpec, route } from '../core/route.ts';
import { isWithin, ownerOf } from '../core/token-scope.ts';
import type { StoreReader } from '../deps.ts';
import { presentToken } from '../present/present-token.ts';
import { CreatedToken, NewToken } from '../schema/token.ts';

export const createTokenSpec = {
  method: 'post',
  path: '/tokens',
  operationId: 'createToken',
  tag: 'tokens',
  summary: 'Make an API token within the scope of the caller',
  description:
    'The secret is in this answer and nowhere else. The token may outlive the one that made it, so that a token can ' +
    'be replaced before it expires; revoking one leaves those it made.',
  role: 'admin',
  body: NewToken,
  responses: { 201: { description: 'Stored and valid at once.', schema: CreatedToken } },
  problems: ['unprocessable', 'unavailable'],
  audit: 'token.create',
} as const satisfies RouteSpec;

/** Callers are admins, the highest role, so what limits a new token is the caller's scope alone. */
export function createTokenRoute(saveToken: StoreReader['saveToken'], clock: Clock): Route {
  return route(createTokenSpec, async ({ body: { name, role, organizations, expiresAt }, principal, res }) => {
    if (!isWithin(principal.scope, organizations))
      throw new ApiError('forbidden', 'A token cannot reach further than the one that makes it.', {
        errors: [{ pointer: '/organizations', detail: 'reaches past the scope of your token' }],
      });
    const now = clock.now();
    if (expiresAt !== undefined && expiresAt <= now)
      throw new ApiError('unprocessable', 'The token would have expired already.', {
        errors: [{ pointer: '/expiresAt', detail: 'is not in the future' }],
      });
    const { id, text, secretHash } = createToken();
    const record: TokenRecord = {
      id,
      name,
      role,
      organizations: organizations === 'all' ? 'all' : [...new Set(organizations)],
      secretHash,
      createdAt: now,
      ...(expiresAt !== undefined && { expiresAt }),
    };
    await saveToken(record);
    res.setHeader('Cache-Control', 'no-store');
    return {
      status: 201,
      body: { ...presentToken(record, now), secret: text },
      audit: { target: id, ...ownerOf(record), detail: describeToken(record) },
    };
  });
}
