import { afterEach, describe, expect, it } from 'vitest';
import { type RunningApi, startApi } from '../../../test/support/api.ts';
import { aDevice, aFleet, anOrder, aView } from '../../../test/support/builders.ts';
import type { StoredEvent } from '../../domain/event.ts';
import { ConnectorError } from '../../domain/errors.ts';
import type { OrderRefusal } from '../../orders/place.ts';
import type { Orders } from '../deps.ts';

let api: RunningApi;
afterEach(() => api.close());

const views = [
  aView({
    state: aDevice({
      orders: ['a', 'b', 'c'].map((id) => anOrder({ id })),
    }),
  }),
  aView({ state: aDevice({ facts: { vendorId: '2', organization: 'globex' } }) }),
];
const reboot = { action: 'reboot', reason: 'KB5041160' };

async function start(orders?: Partial<Orders>): Promise<void> {
  const unused = (): never => {
    throw new Error('not asked for in this test');
  };
  api = await startApi({
    views,
    deps: { fleet: aFleet(views), ...(orders && { orders: { place: unused, scripts: unused, ...orders } }) },
  });
}

const post = (token: string, body: unknown, headers: Record<string, string> = {}, id = 'ninja:1') =>
  fetch(`${api.url}/api/v1/devices/${id}/orders`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

interface Problem {
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}

describe('POST /devices/{id}/orders', () => {
  it('is for operators, and leaves a record of who tried', async () => {
    await start();
    expect((await post(api.token('reporter'), reboot)).status).toBe(403);
    const response = await post(api.token('operator', ['acme']), reboot);
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({ action: 'reboot', mode: 'normal', state: 'accepted' });
    expect(
      api.audit.map(({ action, target, outcome, organization }) => [action, target, outcome, organization]),
    ).toEqual([
      ['device.order', expect.anything(), 'refused', undefined],
      ['device.order', 'ninja:1', 'done', 'acme'],
    ]);
    expect(api.audit[1]?.detail).toBe('a reboot (order-new): accepted; KB5041160');
  });

  it('tells of an order that was sent, and records it, whatever became of the device meanwhile', async () => {
    let isThere = true;
    const fleet = aFleet(views);
    const get = (id: string) => (isThere ? fleet.get(id) : undefined);
    const place = () => {
      isThere = false;
      return Promise.resolve({ ok: true, isNew: true, order: anOrder({ state: 'accepted' }) } as const);
    };
    api = await startApi({
      views,
      deps: { fleet: { ...fleet, get }, orders: { place, scripts: () => Promise.resolve(undefined) } },
    });
    expect((await post(api.token('operator', ['acme']), reboot)).status).toBe(201);
    expect(api.audit).toMatchObject([{ target: 'ninja:1', outcome: 'done', organization: 'acme' }]);
  });

  it('answers for another organization’s device as for one that is not there', async () => {
    await start();
    const token = api.token('operator', ['acme']);
    const [theirs, nobodys] = [await post(token, reboot, {}, 'ninja:2'), await post(token, reboot, {}, 'ninja:9')];
    expect([theirs.status, nobodys.status]).toEqual([404, 404]);
  });

  it.each([
    [{ action: 'reboot' }, '/reason'],
    [{ ...reboot, mode: 'soft' }, '/mode'],
    [{ ...reboot, mood: 'normal' }, '/mood'],
    [{ action: 'erase', reason: 'r' }, '/action'],
    [{ action: 'maintenance', until: 'tomorrow', reason: 'r' }, '/until'],
    [{ action: 'script', reason: 'r' }, '/script'],
  ])('names the field that is wrong: %j', async (body, pointer) => {
    await start();
    const response = await post(api.token('operator'), body);
    expect(response.status).toBe(400);
    expect(((await response.json()) as Problem).errors?.map((error) => error.pointer)).toContain(pointer);
  });

  it.each<[OrderRefusal, number]>([
    ['not_capable', 422],
    ['unknown_script', 422],
    ['bad_end', 422],
    ['orders_off', 409],
    ['open_reboot', 409],
    ['key_reused', 409],
    ['too_many', 429],
    ['source_unavailable', 503],
  ])('answers %s with %i, the words, the field and when to try again', async (reason, status) => {
    const refusal = { reason, detail: 'because', field: '/action', retryAfterSeconds: 30 };
    await start({ place: () => Promise.resolve({ ok: false, ...refusal }) });
    const response = await post(api.token('operator'), reboot);
    expect([response.status, response.headers.get('retry-after')]).toEqual([status, '30']);
    expect(await response.json()).toMatchObject({
      detail: 'because',
      errors: [{ pointer: '/action', detail: reason }],
    });
    expect(api.audit).toMatchObject([{ action: 'device.order', outcome: status < 500 ? 'refused' : 'failed' }]);
  });

  it('answers a repeated key with the first order, and refuses one that cannot be a key', async () => {
    await start();
    const token = api.token('operator');
    expect((await post(token, reboot, { 'idempotency-key': 'again' })).status).toBe(200);
    const refused = await post(token, reboot, { 'idempotency-key': 'two words' });
    expect(refused.status).toBe(400);
  });
});

describe('GET /devices/{id}/orders', () => {
  it('pages from the newest to the oldest', async () => {
    await start();
    const token = api.token('viewer', ['acme']);
    const page = async (cursor?: string | null) => {
      const query = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
      const response = await api.get(`/api/v1/devices/ninja:1/orders?limit=2${query}`, token);
      return (await response.json()) as { items: { id: string }[]; nextCursor: string | null };
    };
    const first = await page();
    const second = await page(first.nextCursor);
    expect([first, second].map(({ items }) => items.map(({ id }) => id))).toEqual([['c', 'b'], ['a']]);
    expect(second.nextCursor).toBeNull();
    expect((await api.get('/api/v1/devices/ninja:2/orders', token)).status).toBe(404);
  });

  it('shows one order, of this device only', async () => {
    await start();
    const token = api.token('viewer');
    expect(await (await api.get('/api/v1/devices/ninja:1/orders/b', token)).json()).toMatchObject({ id: 'b' });
    expect((await api.get('/api/v1/devices/ninja:2/orders/b', token)).status).toBe(404);
  });
});

describe('arguments of a script', () => {
  const request = { action: 'script', script: '418', arguments: ['-Password', 'hunter2'] } as const;
  const { id, reason, owner } = anOrder();
  const placed = { id, request, reason, owner };
  const event: StoredEvent = {
    seq: 1,
    source: 'ninja',
    dedupKey: id,
    organization: 'acme',
    device: 'ninja:1',
    occurredAt: 1_780_000_000,
    receivedAt: 1_780_000_000,
    type: 'order.placed',
    data: placed,
  };

  it.each([
    ['viewer', false],
    ['reporter', false],
    ['operator', true],
  ] as const)('are told to a %s: %s', async (role, isTold) => {
    api = await startApi({
      views: [aView({ state: aDevice({ orders: [anOrder({ request })] }) })],
      events: [event],
    });
    const token = api.token(role, ['acme']);
    for (const path of ['devices/ninja:1/orders', `devices/ninja:1/orders/${id}`, 'events']) {
      const body = await (await api.get(`/api/v1/${path}`, token)).text();
      expect([path, body.includes('418'), body.includes('hunter2')]).toEqual([path, true, isTold]);
    }
  });
});

describe('GET /devices/{id}/scripts', () => {
  it('says that the source has no list, or cannot be asked', async () => {
    await start({ scripts: () => Promise.resolve(undefined) });
    expect((await api.get('/api/v1/devices/ninja:1/scripts', api.token('operator'))).status).toBe(409);
    await api.close();
    await start({ scripts: () => Promise.reject(new ConnectorError('unavailable', 'the vendor answered 503')) });
    const response = await api.get('/api/v1/devices/ninja:1/scripts', api.token('operator'));
    expect(response.status).toBe(503);
    expect(((await response.json()) as Problem).detail).toContain('the vendor answered 503');
  });
});
