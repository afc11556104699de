import { describe, expect, it } from 'vitest';
import { DEFAULT_CLIENT } from './simulator.ts';
import { startSimulator } from './test-client.ts';

describe('token endpoint', () => {
  it('answers on both paths with the lifetime it was given', async () => {
    const { token, url } = await startSimulator({ tokenLifetimeSeconds: 90 });
    expect((await token()).json()).toMatchObject({
      token_type: 'Bearer',
      expires_in: 90,
      scope: 'monitoring management control',
    });
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: DEFAULT_CLIENT.id,
      client_secret: DEFAULT_CLIENT.secret,
    });
    expect((await fetch(`${url}/oauth/token`, { method: 'POST', body })).status).toBe(200);
  });

  it.each([
    ['a client of another region', { client_id: 'elsewhere' }, 404, 'invalid_client'],
    ['a wrong secret', { client_secret: 'wrong' }, 400, 'invalid_client'],
    ['another grant', { grant_type: 'authorization_code' }, 400, 'unsupported_grant_type'],
    ['a scope that does not exist', { scope: 'monitoring everything' }, 400, 'invalid_scope'],
  ])('refuses %s', async (_what, form, status, error) => {
    const { token } = await startSimulator();
    const answer = await token(form);
    expect(answer.status).toBe(status);
    expect(answer.json()).toMatchObject({ error });
  });
});

describe('access', () => {
  it('ends with the lifetime of the token', async () => {
    const { get, pass } = await startSimulator({ tokenLifetimeSeconds: 60 });
    expect((await get('/v2/organizations')).status).toBe(200);
    pass(60);
    expect((await get('/v2/organizations')).status).toBe(401);
  });

  it('needs a token at all', async () => {
    const { url } = await startSimulator();
    expect((await fetch(`${url}/v2/organizations`)).status).toBe(401);
  });

  it('reads with monitoring and refuses to change anything', async () => {
    const { get, send } = await startSimulator({ clients: [{ ...DEFAULT_CLIENT, scopes: ['monitoring'] }] });
    expect((await get('/v2/device/1001')).status).toBe(200);
    expect((await send('POST', '/v2/device/1001/reboot/NORMAL', {})).status).toBe(403);
  });

  it('lets only administrators set the webhook', async () => {
    const { send } = await startSimulator({ clients: [{ ...DEFAULT_CLIENT, administrator: false }] });
    expect((await send('PUT', '/v2/webhook', { url: 'http://127.0.0.1:9/', activities: {} })).status).toBe(403);
  });
});

describe('rate limit', () => {
  it('answers 429 with Retry-After and serves again after that time', async () => {
    const { get, pass } = await startSimulator({ rateLimit: { burst: 2, perSecond: 0.5 } });
    await get('/v2/roles');
    await get('/v2/roles');
    const refused = await get('/v2/roles');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('2');
    pass(2);
    expect((await get('/v2/roles')).status).toBe(200);
  });
});
