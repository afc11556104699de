import { afterEach, describe, expect, it } from 'vitest';
import { type RunningApi, startApi } from '../../test/support/api.ts';
import { aDevice, aFleet, anOrder, aView } from '../../test/support/builders.ts';
import type { OrderFields } from '../cli.ts';
import type { OrderState } from '../domain/order.ts';
import type { PlaceResult } from '../orders/order-desk.ts';
import { placeOrder } from './order.ts';
import { createRemote } from './remote.ts';

let api: RunningApi | undefined;
afterEach(async () => {
  await api?.close();
  api = undefined;
});

const fields: OrderFields = {
  device: 'ninja:1',
  action: 'reboot',
  mode: 'normal',
  reason: 'KB5041160',
  id: undefined,
  waitSeconds: undefined,
};

/** Orders in a world that answers `result`, and whose record of the order is `later` when it is asked for. */
async function order(given: Partial<OrderFields>, result: PlaceResult, later: OrderState = 'accepted') {
  const keys: (string | undefined)[] = [];
  const slept: number[] = [];
  const written = { out: '', err: '' };
  const views = [aView({ state: aDevice({ orders: [anOrder({ state: later, text: later })] }) })];
  const orders = {
    place: (_device: string, { key }: { readonly key?: string }) => {
      keys.push(key);
      return Promise.resolve(result);
    },
    scripts: () => Promise.resolve(undefined),
  };
  api = await startApi({ views, deps: { fleet: aFleet(views), orders } });
  const remote = createRemote({ url: api.url, tokenFile: undefined, env: { PATCHHAVEN_TOKEN: api.token('operator') } });
  const status = await placeOrder(remote, { ...fields, ...given } as OrderFields, {
    io: { out: (text) => void (written.out += text), err: (text) => void (written.err += text) },
    newKey: () => 'a-new-key',
    sleep: (ms) => Promise.resolve(slept.push(ms)),
  });
  return { status, keys, slept, ...written };
}

const placed = (state: OrderState): PlaceResult => ({
  ok: true,
  isNew: true,
  order: anOrder({ state, text: 'in words' }),
});

describe('patchhaven order', () => {
  it.each([
    ['accepted', 0],
    ['done', 0],
    ['refused', 1],
    ['failed', 1],
    ['unknown', 3],
  ] as const)('says %s, and exits with %i', async (state, status) => {
    const result = await order({}, placed(state));
    expect(result).toMatchObject({ status, out: `${state}: in words (order-1)\n`, err: '', keys: ['a-new-key'] });
  });

  it.each([
    ['done', 0],
    ['failed', 1],
    ['accepted', 3],
  ] as const)('waits, and exits by what became of it: %s, %i', async (later, status) => {
    const result = await order({ waitSeconds: 60 }, placed('accepted'), later);
    expect(result.status).toBe(status);
    expect(result.slept.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(60_000);
    expect(result.slept.length > 1).toBe(later === 'accepted');
  });

  it('exits with 1 and the reason when the order is not even placed', async () => {
    const result = await order({}, { ok: false, reason: 'orders_off', detail: 'source ninja takes no orders' });
    expect(result.status).toBe(1);
    expect(result.err).toContain('source ninja takes no orders');
  });

  it('gives its own id to an order', async () => {
    expect((await order({ id: 'night-7' }, placed('accepted'))).keys).toEqual(['night-7']);
  });

  it('restarts no machine whose name only fits, be it the only one', async () => {
    const result = await order({ device: 'srv' }, placed('accepted'));
    expect(result).toMatchObject({ status: 2, keys: [] });
    expect(result.err).toContain('1 device fits "srv"; name it by its id:\n  ninja:1  SRV-1');
  });

  it('tells how to ask again safely when the exporter does not answer', async () => {
    let err = '';
    const remote = createRemote({ url: 'http://127.0.0.1:9', tokenFile: undefined, env: { PATCHHAVEN_TOKEN: 'x' } });
    const io = { out: () => undefined, err: (text: string) => void (err += text) };
    const status = await placeOrder(remote, fields, { io, newKey: () => 'k-1', sleep: () => Promise.resolve() });
    expect(status).toBe(2);
    expect(err).toContain('--id=k-1');
  });
});
