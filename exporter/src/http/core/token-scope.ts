import type { OrganizationScope, TokenRecord } from '../../store/patch-store.ts';
import { inScope } from './scope.ts';

/** Whether `inner` reaches nowhere that `outer` does not. An empty list comes from no caller: only `all` handles it. */
export function isWithin(outer: OrganizationScope, inner: OrganizationScope): boolean {
  if (outer === 'all') return true;
  return inner !== 'all' && inner.length > 0 && inner.every((organization) => inScope(outer, organization));
}

/** Whose audit record a token's is; one for several organizations is of those who see all of them. */
export function ownerOf({ organizations }: Pick<TokenRecord, 'organizations'>): { readonly organization?: string } {
  const [organization, ...others] = organizations === 'all' ? [] : organizations;
  return organization === undefined || others.length > 0 ? {} : { organization };
}
