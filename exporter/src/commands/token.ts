import type { CliIo, TokenAction } from '../cli.ts';
import { parseDuration } from '../config/duration.ts';
import type { Clock } from '../domain/time.ts';
import { tokenNameForm, tokenNameRule } from '../http/auth/token.ts';
import { roles } from '../store/patch-store.ts';
import { renderTable } from './table.ts';
import type { ShownToken, TokenAccess } from './token-access.ts';

type Output = Pick<CliIo, 'out' | 'err'>;

/** Makes, lists and revokes API tokens. 0: done, 1: refused. */
export async function token(tokens: TokenAccess, action: TokenAction, clock: Clock, io: Output): Promise<0 | 1> {
  if (action.action === 'list') return list(tokens, io);
  return action.action === 'create' ? create(tokens, action, clock, io) : revoke(tokens, action.id, io);
}

async function create(
  tokens: TokenAccess,
  { name, role: roleName, organizations, expires }: Extract<TokenAction, { action: 'create' }>,
  clock: Clock,
  io: Output,
): Promise<0 | 1> {
  const role = roles.find((candidate) => candidate === roleName);
  if (role === undefined) return refuse(io, `--role is one of ${roles.join(', ')}`);
  if (!tokenNameForm.test(name)) return refuse(io, `--name ${tokenNameRule}`);
  const lifeSeconds = expires === undefined ? undefined : parseDuration(expires);
  if (expires !== undefined && (lifeSeconds === undefined || lifeSeconds <= 0))
    return refuse(io, '--expires is a duration such as 90d');
  const text = await tokens.create({
    name,
    role,
    organizations: organizations.length === 0 ? 'all' : organizations,
    expiresAt: lifeSeconds === undefined ? undefined : clock.now() + lifeSeconds,
  });
  io.err('Keep this token; it is not shown again.\n');
  io.out(`${text}\n`);
  return 0;
}

async function list(tokens: TokenAccess, io: Output): Promise<0> {
  const found = await tokens.list();
  if (found.length === 0) io.err('There are no tokens yet.\n');
  else io.out(renderTable([['ID', 'NAME', 'ROLE', 'ORGANIZATIONS', 'CREATED', 'STATE'], ...found.map(toRow)]));
  return 0;
}

function toRow({ id, name, role, organizations, createdAt, expiresAt, state }: ShownToken): readonly string[] {
  const scope = organizations === 'all' ? 'all' : organizations.join(', ');
  const until = state === 'valid' && expiresAt !== null ? `until ${toMinute(expiresAt)}` : state;
  return [id, name, role, scope, toMinute(createdAt), until];
}

/** RFC 3339 without seconds: enough for a person, and still in UTC. */
function toMinute(time: string): string {
  return `${time.slice(0, 16)}Z`;
}

async function revoke(tokens: TokenAccess, id: string, io: Output): Promise<0 | 1> {
  if (!(await tokens.revoke(id))) return refuse(io, `there is no token ${id}`);
  io.out(`revoked ${id}\n`);
  return 0;
}

function refuse(io: Output, why: string): 1 {
  io.err(`patchhaven token: ${why}\n`);
  return 1;
}
