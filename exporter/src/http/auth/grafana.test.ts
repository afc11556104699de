import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, type JWTPayload, SignJWT, exportJWK, generateKeyPair } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunningApi, startApi } from '../../../test/support/api.ts';
import { aView, builtAt } from '../../../test/support/builders.ts';

interface Key {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly jwk: object;
}

async function aKey(kid: string): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } };
}

let keys: Key;
let stranger: Key;
let published: object[];
let fetches = 0;
let grafana: Server;
let rootUrl: string;
let api: RunningApi;

beforeAll(async () => {
  keys = await aKey('k1');
  stranger = await aKey('k1');
  grafana = createServer((_req, res) => {
    fetches += 1;
    res.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: published }));
  });
  await new Promise<void>((resolve) => grafana.listen(0, '127.0.0.1', resolve));
  rootUrl = `http://127.0.0.1:${String((grafana.address() as AddressInfo).port)}`;
});
afterAll(() => {
  grafana.closeAllConnections();
  grafana.close();
});

const grafanaSettings = (jwksUrl = `${rootUrl}/api/signing-keys/keys`) => ({
  rootUrl,
  jwksUrl,
  jwksCacheSeconds: 600,
  organizations: { '1': 'all' as const, '2': ['globex'] },
  roles: { Viewer: 'viewer' as const, Editor: 'viewer' as const, Admin: 'operator' as const },
});

beforeEach(async () => {
  published = [keys.jwk];
  fetches = 0;
  api = await startApi({ views: [aView()], settings: { grafana: grafanaSettings() } });
});
afterEach(() => api.close());

interface TokenShape {
  readonly claims?: JWTPayload;
  readonly key?: Key;
  readonly typ?: string;
  readonly without?: string;
}

async function userToken({ claims = {}, key = keys, typ = 'jwt', without }: TokenShape = {}): Promise<string> {
  const all: JWTPayload = {
    iss: `${rootUrl}/`,
    aud: 'org:1',
    sub: 'user:abc',
    type: 'user',
    username: 'alice',
    role: 'Admin',
    exp: builtAt + 600,
    ...claims,
  };
  const kept = Object.fromEntries(Object.entries(all).filter(([name]) => name !== without));
  return new SignJWT(kept).setProtectedHeader({ alg: 'ES256', typ, kid: key.kid }).sign(key.privateKey);
}

const post = (token: string, user?: string): Promise<Response> =>
  fetch(`${api.url}/api/v1/windows`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      ...(user !== undefined && { 'x-grafana-id': user }),
    },
    body: JSON.stringify({ devices: ['ninja:1'], end: '2026-03-10T03:00:00Z', reason: 'x' }),
  });

describe('users of Grafana', () => {
  it('raises the data source token to the role of its signed user, and records both names', async () => {
    const source = api.token('viewer');
    expect((await post(source)).status).toBe(403);
    expect((await post(source, await userToken())).status).toBe(201);
    expect(api.audit.at(-1)).toMatchObject({ actor: 'token:viewer-token user:alice', outcome: 'done' });
  });

  it('takes the token as Grafana 12.4 writes it: numeric subject, uid as identifier, role, login', async () => {
    const claims = {
      sub: 'user:7',
      identifier: 'eenj9ghy0cj5sb',
      namespace: 'default',
      iat: builtAt,
      email: 'alice@example.com',
      email_verified: true,
      authenticatedBy: 'password',
      name: 'Alice',
    };
    expect((await post(api.token('viewer'), await userToken({ claims }))).status).toBe(201);
    expect(api.audit.at(-1)).toMatchObject({
      actor: 'token:viewer-token user:alice',
      action: 'window.open',
      target: 'ninja:1',
      outcome: 'done',
    });
  });

  it('records that a viewer of Grafana was refused, by name', async () => {
    expect((await post(api.token('viewer'), await userToken({ claims: { role: 'Viewer' } }))).status).toBe(403);
    expect(api.audit.at(-1)).toMatchObject({ actor: 'token:viewer-token user:alice', outcome: 'refused' });
  });

  it('lets a user end a window, and names them in the record', async () => {
    const cancel = (user: string): Promise<Response> =>
      fetch(`${api.url}/api/v1/windows/w-1`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${api.token('viewer')}`, 'x-grafana-id': user },
      });
    expect((await cancel(await userToken({ claims: { role: 'Viewer' } }))).status).toBe(403);
    await cancel(await userToken());
    expect(api.audit.at(-1)).toMatchObject({ actor: 'token:viewer-token user:alice', action: 'window.cancel' });
  });

  it('needs the data source token beside the user token', async () => {
    const response = await fetch(`${api.url}/api/v1/devices`, { headers: { 'x-grafana-id': await userToken() } });
    expect(response.status).toBe(401);
  });

  it.each<[string, TokenShape]>([
    ['expired', { claims: { exp: builtAt - 60 } }],
    ['without expiry', { without: 'exp' }],
    ['of another issuer', { claims: { iss: 'https://evil.example.com' } }],
    ['for an organization that is not configured', { claims: { aud: 'org:9' } }],
    ['without audience', { without: 'aud' }],
    ['of a service account', { claims: { type: 'service-account', sub: 'service-account:1' } }],
    ['of an anonymous visitor', { claims: { type: 'anonymous', sub: 'anonymous:0' } }],
    ['of another kind', { typ: 'at+jwt' }],
  ])('refuses a token %s with 403', async (_name, shape) => {
    expect((await post(api.token('viewer'), await userToken(shape))).status).toBe(403);
  });

  it('refuses a forged token, an unsigned one and rubbish with 403', async () => {
    const unsigned = `${Buffer.from('{"alg":"none","typ":"jwt"}').toString('base64url')}.e30.`;
    for (const forged of [await userToken({ key: stranger }), unsigned, 'rubbish'])
      expect((await post(api.token('admin'), forged)).status).toBe(403);
  });

  it('does not raise a viewer or a user without role', async () => {
    const source = api.token('viewer');
    expect((await post(source, await userToken({ claims: { role: 'Viewer' } }))).status).toBe(403);
    expect((await post(source, await userToken({ without: 'role' }))).status).toBe(403);
  });

  it('shows a user only what both the token and the Grafana organization allow', async () => {
    const user = await userToken({ claims: { aud: 'org:2' } });
    const response = await api.get('/api/v1/devices', api.token('viewer'), { 'x-grafana-id': user });
    expect(await response.json()).toMatchObject({ items: [], total: 0 });
  });

  it('keeps the keys, and reads them again for a key it does not know', async () => {
    const source = api.token('viewer');
    await post(source, await userToken());
    await post(source, await userToken());
    expect(fetches).toBe(1);
    const rotated = await aKey('k2');
    published = [keys.jwk, rotated.jwk];
    // jose reads no more often than once a second.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect((await post(source, await userToken({ key: rotated }))).status).toBe(201);
    expect(fetches).toBe(2);
  });

  it('answers 503 when the keys cannot be read, instead of letting anyone in', async () => {
    const other = await startApi({ views: [], settings: { grafana: grafanaSettings('http://127.0.0.1:1/keys') } });
    const response = await other.get('/api/v1/devices', other.token('admin'), { 'x-grafana-id': await userToken() });
    expect(response.status).toBe(503);
    await other.close();
  });
});
