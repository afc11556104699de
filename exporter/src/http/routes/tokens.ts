import type { Clock } from '../../domain/time.ts';
import { type Route, type RouteSpec, route } from '../core/route.ts';
import { isWithin } from '../core/token-scope.ts';
import type { StoreReader } from '../deps.ts';
import { presentToken } from '../present/present-token.ts';
import { TokenList } from '../schema/token.ts';

export const tokensSpec = {
  method: 'get',
  path: '/tokens',
  operationId: 'listTokens',
  tag: 'tokens',
  summary: 'API tokens within the scope of the caller, newest first',
  role: 'admin',
  responses: { 200: { description: 'Without their secrets.', schema: TokenList } },
} as const satisfies RouteSpec;

export function tokensRoute(store: Pick<StoreReader, 'listTokens'>, clock: Clock): Route {
  return route(tokensSpec, async ({ principal }) => {
    const visible = (await store.listTokens()).filter(({ organizations }) => isWithin(principal.scope, organizations));
    const newestFirst = visible.sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1));
    return { body: { items: newestFirst.map((token) => presentToken(token, clock.now())) } };
  });
}
