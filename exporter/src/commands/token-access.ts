import { type Clock, type UnixSeconds, toRfc3339 } from '../domain/time.ts';
import { createToken, describeToken } from '../http/auth/token.ts';
import { presentToken } from '../http/present/present-token.ts';
import type { OrganizationScope, PatchStore, Role, TokenRecord } from '../store/patch-store.ts';
import { type Remote, RemoteError } from './remote.ts';

export interface WantedToken {
  readonly name: string;
  readonly role: Role;
  readonly organizations: OrganizationScope;
  readonly expiresAt: UnixSeconds | undefined;
}

/** A token as the API shows it. */
export type ShownToken = ReturnType<typeof presentToken>;

/** Where tokens are kept: the store itself, or the exporter that holds it. */
export interface TokenAccess {
  /** Resolves with the whole bearer token, stored by then. */
  create(wanted: WantedToken): Promise<string>;
  list(): Promise<readonly ShownToken[]>;
  /** False: there is no such token. */
  revoke(id: string): Promise<boolean>;
}

/** Works on an open store; a running exporter on the same PostgreSQL notices within 5 s. */
export function tokensOfStore(
  store: Pick<PatchStore, 'saveToken' | 'listTokens' | 'appendAudit'>,
  clock: Clock,
): TokenAccess {
  const record = (action: string, target: string, detail: string): Promise<void> =>
    store.appendAudit({ at: clock.now(), actor: 'command line', action, target, outcome: 'done', detail });
  return {
    async create({ name, role, organizations, expiresAt }) {
      const { id, text, secretHash } = createToken();
      const token: TokenRecord = {
        id,
        name,
        role,
        organizations,
        secretHash,
        createdAt: clock.now(),
        ...(expiresAt !== undefined && { expiresAt }),
      };
      await store.saveToken(token);
      await record('token.create', id, describeToken(token));
      return text;
    },
    async list() {
      const tokens = [...(await store.listTokens())].sort((a, b) => b.createdAt - a.createdAt);
      return tokens.map((token) => presentToken(token, clock.now()));
    },
    async revoke(id) {
      const found = (await store.listTokens()).find((token) => token.id === id);
      if (found === undefined) return false;
      await store.saveToken({ ...found, revokedAt: found.revokedAt ?? clock.now() });
      await record('token.revoke', id, found.name);
      return true;
    },
  };
}

/** Asks a running exporter, as far as the caller's own token reaches. Calls reject with RemoteError. */
export function tokensOfExporter(remote: Remote): TokenAccess {
  return {
    async create({ expiresAt, ...wanted }) {
      const body = { ...wanted, ...(expiresAt !== undefined && { expiresAt: toRfc3339(expiresAt) }) };
      const { secret } = (await remote.call('POST', '/tokens', body)) as { readonly secret: string };
      return secret;
    },
    async list() {
      const { items } = (await remote.call('GET', '/tokens')) as { readonly items: readonly ShownToken[] };
      return items;
    },
    async revoke(id) {
      const answer = await remote.call('DELETE', `/tokens/${encodeURIComponent(id)}`).catch((error: unknown) => {
        if (error instanceof RemoteError && error.status === 404) return undefined;
        throw error;
      });
      return answer !== undefined;
    },
  };
}
