import { type OrganizationScope, type Role, roles } from '../../store/patch-store.ts';

/** Who is calling, after every proof was checked. */
export interface Principal {
  readonly tokenId: string;
  /** Both names where there are two: `token:grafana user:alice`. Stands in audit records and ledger lines. */
  readonly actor: string;
  readonly role: Role;
  /** Of the token alone; a user may be allowed more. */
  readonly tokenRole: Role;
  readonly scope: OrganizationScope;
}

/** Roles are a ladder: whoever may write events may read, whoever operates may do both. */
export function hasRole(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}
