import { afterEach, describe, expect, it } from 'vitest';
import { type ApiWorld, type RunningApi, startApi } from '../../test/support/api.ts';
import { aView, builtAt } from '../../test/support/builders.ts';
import { StoreError } from '../domain/errors.ts';
import { openStore } from '../store/open-store.ts';
import type { OrganizationScope, TokenRecord } from '../store/patch-store.ts';
import { hashSecret } from './auth/token.ts';

let api: RunningApi;
const start = async (world: Partial<ApiWorld> = {}): Promise<RunningApi> => {
  api = await startApi({ views: [aView()], ...world });
  return api;
};
afterEach(() => api.close());

const wanted = { name: 'ci', role: 'reporter', organizations: ['acme'] };

interface Made {
  readonly id: string;
  readonly secret: string;
}

function stored(id: string, organizations: OrganizationScope, overrides: Partial<TokenRecord> = {}): TokenRecord {
  return { id, name: id, role: 'viewer', organizations, secretHash: 'hash', createdAt: builtAt, ...overrides };
}

async function make(admin: string, body: unknown = wanted): Promise<Made> {
  const response = await api.send('POST', '/api/v1/tokens', admin, body);
  expect(response.status).toBe(201);
  return (await response.json()) as Made;
}

async function listed(admin: string): Promise<readonly { readonly id: string; readonly state: string }[]> {
  const response = await api.get('/api/v1/tokens', admin);
  return ((await response.json()) as { items: { id: string; state: string }[] }).items;
}

describe('making a token', () => {
  it('gives one that works at once and is stored as a hash only', async () => {
    const { token, send, tokens, audit } = await start();
    const { id, secret } = await make(token('admin'));
    const event = { type: 'reboot.started', occurredAt: '2026-03-10T02:00:00Z', device: 'ninja:1' };
    expect((await send('POST', '/api/v1/events', secret, { events: [event] })).status).toBe(202);
    const random = secret.slice(`ph_${id}_`.length);
    expect(tokens.at(-1)).toMatchObject({ id, secretHash: hashSecret(random), organizations: ['acme'] });
    expect(JSON.stringify([tokens, audit])).not.toContain(random);
    expect(audit[0]).toMatchObject({
      actor: 'token:admin-token',
      action: 'token.create',
      target: id,
      organization: 'acme',
      outcome: 'done',
      detail: 'ci, reporter, acme',
    });
  });

  it('shows neither secret nor hash a second time, and lets no cache keep the first', async () => {
    const { token, send, get } = await start();
    const admin = token('admin');
    const response = await send('POST', '/api/v1/tokens', admin, wanted);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const { id, secret } = (await response.json()) as Made;
    const random = secret.slice(`ph_${id}_`.length);
    const later = [
      await (await get('/api/v1/tokens', admin)).text(),
      await (await get('/api/v1/audit', admin)).text(),
      await (await send('DELETE', `/api/v1/tokens/${id}`, admin)).text(),
    ].join('\n');
    expect(later).toContain(id);
    expect(later).not.toContain(random);
    expect(later).not.toContain(hashSecret(random));
  });

  it('ends when it was told to', async () => {
    const { token, get, setNow } = await start();
    const admin = token('admin');
    const { secret } = await make(admin, { ...wanted, expiresAt: new Date((builtAt + 60) * 1000).toISOString() });
    expect((await get('/api/v1/devices', secret)).status).toBe(200);
    setNow(builtAt + 60);
    expect((await get('/api/v1/devices', secret)).status).toBe(401);
    expect((await listed(admin))[0]).toMatchObject({ state: 'expired' });
  });

  it.each<[string, OrganizationScope]>([
    ['another organization', ['globex']],
    ['one more organization', ['acme', 'globex']],
    ['every organization', 'all'],
  ])('refuses an admin of one organization a token for %s', async (_name, organizations) => {
    const { token, send, tokens, audit } = await start();
    const admin = token('admin', ['acme']);
    const response = await send('POST', '/api/v1/tokens', admin, { ...wanted, organizations });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ errors: [{ pointer: '/organizations' }] });
    expect(tokens).toHaveLength(1);
    expect(audit).toMatchObject([{ action: 'token.create', outcome: 'refused', organization: 'acme' }]);
  });

  it.each(['viewer', 'reporter', 'operator'] as const)('is not for a %s', async (role) => {
    const { token, send, get } = await start({ tokens: [stored('a', ['acme'])] });
    const caller = token(role);
    expect((await get('/api/v1/tokens', caller)).status).toBe(403);
    expect((await send('POST', '/api/v1/tokens', caller, wanted)).status).toBe(403);
    expect((await send('DELETE', '/api/v1/tokens/a', caller)).status).toBe(403);
    expect(api.tokens.find(({ id }) => id === 'a')?.revokedAt).toBeUndefined();
  });

  it.each([
    ['no organization', { ...wanted, organizations: [] }, 400, '/organizations'],
    ['no word on organizations', { name: 'ci', role: 'viewer' }, 400, '/organizations'],
    ['a role that does not exist', { ...wanted, role: 'root' }, 400, '/role'],
    ['a name that imitates a Grafana user', { ...wanted, name: 'grafana user:alice' }, 400, '/name'],
    ['a name over two lines', { ...wanted, name: 'a\nb' }, 400, '/name'],
    ['a chosen secret', { ...wanted, secret: 'easy' }, 400, '/secret'],
    ['an end that has passed', { ...wanted, expiresAt: '2020-01-01T00:00:00Z' }, 422, '/expiresAt'],
  ])('refuses %s', async (_name, body, status, pointer) => {
    const { token, send, tokens } = await start();
    const response = await send('POST', '/api/v1/tokens', token('admin'), body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ errors: [{ pointer }] });
    expect(tokens).toHaveLength(1);
  });

  it('gives no secret when the store did not take the token', async () => {
    const refusing = await start();
    const admin = refusing.token('admin');
    const [adminRecord] = refusing.tokens;
    await refusing.close();
    const { store } = await storeThatRefuses(adminRecord);
    const { send, setNow } = await start({ deps: { store } });
    setNow(builtAt + 12);
    const response = await send('POST', '/api/v1/tokens', admin, wanted);
    expect(response.status).toBe(503);
    expect(await response.text()).not.toContain('ph_');
  });
});

describe('listing tokens', () => {
  it('shows an admin of one organization those that reach nowhere else', async () => {
    const { token } = await start({
      tokens: [stored('a', ['acme']), stored('b', ['globex']), stored('c', ['acme', 'globex']), stored('d', 'all')],
    });
    const own = token('admin', ['acme'], { id: '1111111111' });
    expect((await listed(own)).map(({ id }) => id)).toEqual(['1111111111', 'a']);
    expect(await listed(token('admin'))).toHaveLength(6);
  });
});

describe('revoking a token', () => {
  it('ends it at once, once, and leaves a record', async () => {
    const { token, get, send, audit, setNow, tokens } = await start();
    const admin = token('admin');
    const { id, secret } = await make(admin);
    expect((await get('/api/v1/devices', secret)).status).toBe(200);
    expect((await send('DELETE', `/api/v1/tokens/${id}`, admin)).status).toBe(200);
    expect((await get('/api/v1/devices', secret)).status).toBe(401);
    const { revokedAt } = tokens.at(-1) ?? {};
    setNow(builtAt + 100);
    const again = await send('DELETE', `/api/v1/tokens/${id}`, admin);
    expect(await again.json()).toMatchObject({ state: 'revoked' });
    expect(tokens.at(-1)?.revokedAt).toBe(revokedAt);
    expect(audit[1]).toMatchObject({ action: 'token.revoke', target: id, organization: 'acme', detail: 'ci' });
  });

  it.each([['b'], ['c'], ['d'], ['nowhere']])(
    'answers the same for %s, which is not there or not theirs',
    async (id) => {
      const { token, send, tokens } = await start({
        tokens: [stored('b', ['globex']), stored('c', ['acme', 'globex']), stored('d', 'all')],
      });
      const response = await send('DELETE', `/api/v1/tokens/${id}`, token('admin', ['acme']));
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ detail: 'No such token.' });
      expect(tokens.some(({ revokedAt }) => revokedAt !== undefined)).toBe(false);
    },
  );
});

/** A store that still reads, and takes no token. */
async function storeThatRefuses(known: TokenRecord | undefined) {
  const store = await openStore('sqlite::memory:');
  if (known !== undefined) await store.saveToken(known);
  return { store: { ...store, saveToken: () => Promise.reject(new StoreError('full', 'disk full')) } };
}
