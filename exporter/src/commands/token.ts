import type { CliIo, TokenAction } from '../cli.ts';
import { parseDuration } from '../config/duration.ts';
import { type Clock, toRfc3339 } from '../domain/time.ts';
import { createToken } from '../http/auth/token.ts';
import { type PatchStore, type TokenRecord, roles } from '../store/patch-store.ts';

type TokenStore = Pick<PatchStore, 'saveToken' | 'listTokens' | 'appendAudit'>;
type Output = Pick<CliIo, 'out' | 'err'>;

/** Makes, lists and revokes API tokens in the store. 0: done, 1: refused. A running exporter notices within 5 s. */
export async function token(store: TokenStore, action: TokenAction, clock: Clock, io: Output): Promise<0 | 1> {
  if (action.action === 'list') return list(store, clock, io);
  return action.action === 'create' ? create(store, action, clock, io) : revoke(store, action.id, clock, io);
}

async function create(
  store: TokenStore,
  { name, role: roleName, organizations, expires }: Extract<TokenAction, { action: 'create' }>,
  clock: Clock,
  io: Output,
): Promise<0 | 1> {
  const role = roles.find((candidate) => candidate === roleName);
  if (role === undefined) return refuse(io, `--role is one of ${roles.join(', ')}`);
  const lifeSeconds = expires === undefined ? undefined : parseDuration(expires);
  if (expires !== undefined && (lifeSeconds === undefined || lifeSeconds <= 0))
    return refuse(io, '--expires is a duration such as 90d');
  const now = clock.now();
  const made = createToken();
  await store.saveToken({
    id: made.id,
    name,
    role,
    organizations: organizations.length === 0 ? 'all' : organizations,
    secretHash: made.secretHash,
    createdAt: now,
    ...(lifeSeconds !== undefined && { expiresAt: now + lifeSeconds }),
  });
  await record(store, clock, 'token.create', made.id, `${name}, ${role}, ${organizations.join(' ') || 'all'}`);
  io.err('Keep this token; it is not shown again.\n');
  io.out(`${made.text}\n`);
  return 0;
}

async function list(store: TokenStore, clock: Clock, io: Output): Promise<0> {
  for (const entry of await store.listTokens()) {
    const scope = entry.organizations === 'all' ? 'all' : entry.organizations.join(',');
    io.out(
      `${[entry.id, entry.role, scope, toRfc3339(entry.createdAt), stateOf(entry, clock.now()), entry.name].join('\t')}\n`,
    );
  }
  return 0;
}

function stateOf({ revokedAt, expiresAt }: TokenRecord, now: number): string {
  if (revokedAt !== undefined) return 'revoked';
  if (expiresAt === undefined) return 'valid';
  return expiresAt <= now ? 'expired' : `until ${toRfc3339(expiresAt)}`;
}

async function revoke(store: TokenStore, id: string, clock: Clock, io: Output): Promise<0 | 1> {
  const found = (await store.listTokens()).find((entry) => entry.id === id);
  if (found === undefined) return refuse(io, `there is no token ${id}`);
  await store.saveToken({ ...found, revokedAt: found.revokedAt ?? clock.now() });
  await record(store, clock, 'token.revoke', id, found.name);
  io.out(`revoked ${id}\n`);
  return 0;
}

function record(store: TokenStore, clock: Clock, action: string, target: string, detail: string): Promise<void> {
  return store.appendAudit({ at: clock.now(), actor: 'command line', action, target, outcome: 'done', detail });
}

function refuse(io: Output, why: string): 1 {
  io.err(`patchhaven token: ${why}\n`);
  return 1;
}
