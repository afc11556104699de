import { type UnixSeconds, toRfc3339 } from '../../domain/time.ts';
import type { TokenRecord } from '../../store/patch-store.ts';
import { tokenState } from '../auth/token.ts';

/** A token for people: everything but the hash of its secret. */
export function presentToken(record: TokenRecord, now: UnixSeconds) {
  const { id, name, role, organizations, createdAt, expiresAt, revokedAt } = record;
  return {
    id,
    name,
    role,
    organizations,
    createdAt: toRfc3339(createdAt),
    expiresAt: expiresAt === undefined ? null : toRfc3339(expiresAt),
    revokedAt: revokedAt === undefined ? null : toRfc3339(revokedAt),
    state: tokenState(record, now),
  };
}
