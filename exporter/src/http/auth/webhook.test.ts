import { afterEach, describe, expect, it } from 'vitest';
import { type RunningApi, startApi } from '../../../test/support/api.ts';
import { aView, builtAt } from '../../../test/support/builders.ts';
import { signWebhook } from './webhook.ts';

const secret = { reveal: () => 'shared' };
const common = { secret, header: 'x-signature', timestampHeader: 'x-time', replayWindowSeconds: 300 };
let api: RunningApi;
afterEach(() => api.close());

async function start(): Promise<RunningApi> {
  api = await startApi({
    views: [aView()],
    settings: { webhooks: { ninja: { ...common, kind: 'header' }, custom: { ...common, kind: 'hmac' } } },
  });
  return api;
}

async function deliver(source: string, headers: Record<string, string>, body = '{"id":1}'): Promise<number> {
  return (await fetch(`${api.url}/api/v1/webhooks/${source}`, { method: 'POST', headers, body })).status;
}

describe('webhooks by shared header', () => {
  it('takes the right secret and nothing else', async () => {
    await start();
    expect(await deliver('ninja', { 'x-signature': 'shared' })).toBe(202);
    expect(await deliver('ninja', { 'x-signature': 'Shared' })).toBe(401);
    expect(await deliver('ninja', {})).toBe(401);
    expect(await deliver('unknown', { 'x-signature': 'shared' })).toBe(401);
    expect(await deliver('__proto__', { 'x-signature': 'shared' })).toBe(401);
  });

  it('records what came and what was refused', async () => {
    await start();
    await deliver('ninja', { 'x-signature': 'shared' });
    await deliver('ninja', { 'x-signature': 'wrong' });
    expect(api.audit).toMatchObject([
      { action: 'webhook.receive', target: 'ninja', outcome: 'done' },
      { action: 'webhook.receive', outcome: 'refused' },
    ]);
  });
});

describe('webhooks by HMAC', () => {
  const signed = (at: number, body: string, key = 'shared') => ({
    'x-time': String(at),
    'x-signature': `sha256=${signWebhook(key, String(at), Buffer.from(body))}`,
  });

  it('takes a fresh signed delivery once', async () => {
    await start();
    const headers = signed(builtAt, '{"id":1}');
    expect(await deliver('custom', headers)).toBe(202);
    expect(await deliver('custom', headers)).toBe(401);
  });

  it.each([
    ['an old delivery', signed(builtAt - 301, '{"id":1}')],
    ['one from the future', signed(builtAt + 301, '{"id":1}')],
    ['another key', signed(builtAt, '{"id":1}', 'other')],
    ['another body', signed(builtAt, '{"id":2}')],
    ['another time than the signed one', { ...signed(builtAt, '{"id":1}'), 'x-time': String(builtAt + 1) }],
    ['no time', { 'x-signature': 'sha256=00' }],
  ])('refuses %s', async (_name, headers) => {
    await start();
    expect(await deliver('custom', headers)).toBe(401);
  });
});
