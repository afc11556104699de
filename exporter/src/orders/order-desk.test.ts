import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RmmConnector } from '../connectors/connector.ts';
import { noCapabilities } from '../domain/capabilities.ts';
import type { DeviceFacts } from '../domain/device.ts';
import { ConnectorError, StoreError } from '../domain/errors.ts';
import type { Order, OrderOutcome, OrderRequest } from '../domain/order.ts';
import { defaultPolicy } from '../domain/policy.ts';
import { EventLog, restoreFleet } from '../fleet/event-log.ts';
import { Fleet } from '../fleet/fleet.ts';
import { SourceBoard } from '../fleet/source-board.ts';
import { openStore } from '../store/open-store.ts';
import type { PatchStore } from '../store/patch-store.ts';
import { OrderDesk, type OrderDeskDeps } from './order-desk.ts';
import type { NewOrder } from './place.ts';

const T = 1_780_000_000;
const reboot: OrderRequest = { action: 'reboot', mode: 'normal' };
const script: OrderRequest = { action: 'script', script: '418', arguments: [] };
const accepted: OrderOutcome = { state: 'accepted', text: 'taken' };
const settings = { enabled: true, timeoutSeconds: 5, perMinute: 3, concurrency: 2 };

let now = T;
let store: PatchStore;
let fleet: Fleet;
let events: EventLog;
let sent: string[];
let refreshed: string[];
let answer: () => OrderOutcome | Promise<OrderOutcome>;
let readBack: () => OrderOutcome | undefined;
let desk: OrderDesk;

const connector: RmmConnector = {
  id: 'ninja',
  type: 'ninjaone',
  capabilities: { ...noCapabilities, reboot: true, scripts: true, maintenance: true },
  order: async (_vendorId, { id }) => {
    // What is sent is on disk already.
    const stored = await store.queryEvents({ scope: 'all', types: ['order.placed'], order: 'desc', limit: 9 });
    expect(stored.map(({ data }) => data)).toContainEqual(expect.objectContaining({ id }));
    sent.push(id);
    return await answer();
  },
  readOrder: () => Promise.resolve().then(() => readBack()),
  scripts: () => Promise.resolve([{ id: '418', name: 'Remove an update' }]),
};

function aDesk(overrides: Partial<OrderDeskDeps> = {}): OrderDesk {
  return new OrderDesk({
    clock: { now: () => now },
    log: pino({ level: 'silent' }),
    fleet,
    events,
    connectorOf: (source) => (source === 'ninja' ? connector : undefined),
    settingsOf: () => settings,
    refresh: (device) => {
      refreshed.push(device);
      return Promise.resolve();
    },
    stopped: new AbortController().signal,
    ...overrides,
  });
}

const wanted = (request: OrderRequest = reboot, more: Partial<NewOrder> = {}): NewOrder => ({
  request,
  reason: 'patch night',
  owner: 'token:ops',
  ...more,
});
const orders = (): readonly Order[] => fleet.state('ninja:1')?.orders ?? [];
const evidence = () => fleet.state('ninja:1')?.rebootOrdered;

beforeEach(async () => {
  now = T;
  sent = [];
  refreshed = [];
  answer = () => accepted;
  readBack = () => undefined;
  store = await openStore('sqlite::memory:');
  const clock = { now: () => now };
  const policy = () => defaultPolicy.compliance;
  fleet = new Fleet({ clock, sources: new SourceBoard(), policy, perOrganization: () => true });
  events = new EventLog(store, fleet);
  const facts: DeviceFacts = {
    vendorId: '1',
    organization: 'acme',
    groups: [],
    tags: [],
    displayName: 'd',
    hostNames: [],
    ipAddresses: [],
  };
  const header = { source: 'ninja', organization: 'acme', device: 'ninja:1', occurredAt: T - 60, receivedAt: T - 60 };
  await events.append([{ ...header, dedupKey: 'o', type: 'device.observed', data: facts }]);
  desk = aDesk();
});
afterEach(() => store.close());

describe('an order', () => {
  it('that the source takes becomes evidence of a reboot, with its owner, from when it was sent', async () => {
    answer = () => {
      now = T + 7;
      return accepted;
    };
    const result = await desk.place('ninja:1', wanted());
    expect(result).toMatchObject({
      ok: true,
      isNew: true,
      order: { state: 'accepted', placedAt: T, settledAt: T + 7 },
    });
    expect(evidence()).toMatchObject({ source: 'ninja', at: T, owner: 'token:ops' });
  });

  it.each(['refused', 'unknown', 'failed'] as const)('that ends %s is no evidence', async (state) => {
    answer = () => ({ state, text: 'because' });
    expect(await desk.place('ninja:1', wanted())).toMatchObject({ ok: true, order: { state, text: 'because' } });
    expect(evidence()).toBeUndefined();
  });

  it('for a script explains no outage', async () => {
    await desk.place('ninja:1', wanted(script));
    expect(orders()).toMatchObject([{ state: 'accepted' }]);
    expect(evidence()).toBeUndefined();
  });

  it('is sent once, however often it comes with its key, also at the same time', async () => {
    const given = wanted(reboot, { key: 'night-7' });
    const both = await Promise.all([desk.place('ninja:1', given), desk.place('ninja:1', given)]);
    now += 3600;
    const later = await aDesk().place('ninja:1', given);
    expect([...both, later].map((result) => result.ok && result.isNew).sort()).toEqual([false, false, true]);
    expect(sent).toHaveLength(1);
  });

  it('is refused when its key has been used for another one', async () => {
    await desk.place('ninja:1', wanted(reboot, { key: 'night-7' }));
    const other = await desk.place('ninja:1', wanted(script, { key: 'night-7' }));
    expect(other).toMatchObject({ ok: false, reason: 'key_reused' });
    expect(sent).toHaveLength(1);
  });

  it('is not sent when it cannot be stored', async () => {
    await store.close();
    await expect(desk.place('ninja:1', wanted())).rejects.toThrow();
    expect(sent).toEqual([]);
  });

  it('is unknown when the store fails after it was sent, and is settled when the store works again', async () => {
    let fails = false;
    const failing = aDesk({
      events: {
        append: (batch) =>
          fails ? Promise.reject(new StoreError('unavailable', 'the disk is full')) : events.append(batch),
      },
    });
    answer = () => {
      fails = true;
      return accepted;
    };
    expect(await failing.place('ninja:1', wanted())).toMatchObject({ ok: true, order: { state: 'unknown' } });
    expect(orders()).toMatchObject([{ state: 'placed' }]);
    fails = false;
    await failing.reconcile();
    expect(orders()).toMatchObject([{ state: 'unknown' }]);
    expect(evidence()).toBeUndefined();
  });
});

describe('an order that waits for others to be sent', () => {
  const one = { ...settings, concurrency: 1 };
  /** The first one hangs at its source, the second one is behind it. */
  async function queued(queue: OrderDesk): Promise<() => Promise<unknown>> {
    let release = (): void => undefined;
    answer = () =>
      new Promise((resolve) => {
        release = () => {
          resolve(accepted);
        };
      });
    const first = queue.place('ninja:1', wanted(script));
    while (sent.length < 1) await new Promise(setImmediate);
    const second = queue.place('ninja:1', wanted());
    while (orders().length < 2) await new Promise(setImmediate);
    return async () => {
      release();
      await first;
      return await second;
    };
  }

  it('is not sent once its source was closed for orders', async () => {
    let enabled = true;
    const second = await queued(aDesk({ settingsOf: () => ({ ...one, enabled }) }));
    enabled = false;
    expect(await second()).toMatchObject({ ok: true, order: { state: 'refused' } });
    expect(sent).toHaveLength(1);
    expect(evidence()).toBeUndefined();
  });

  it('is not sent when its time is over before its turn comes', async () => {
    const second = await queued(aDesk({ settingsOf: () => ({ ...one, timeoutSeconds: 0.05 }) }));
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(await second()).toMatchObject({ ok: true, order: { state: 'refused' } });
    expect(sent).toHaveLength(1);
  });
});

describe('an order that was cut off', () => {
  const cutOff = async (): Promise<OrderDesk> => {
    const never = aDesk({ connectorOf: () => ({ ...connector, order: () => new Promise(() => undefined) }) });
    void never.place('ninja:1', wanted());
    await new Promise(setImmediate);
    while (orders().length === 0) await new Promise(setImmediate);
    const next = aDesk();
    next.restore(fleet.states());
    return next;
  };

  it('is unknown after the restart, explains nothing, and is never sent again by itself', async () => {
    const next = await cutOff();
    await next.reconcile();
    now += 7200;
    await next.reconcile();
    expect(orders()).toMatchObject([{ state: 'unknown' }]);
    expect(evidence()).toBeUndefined();
    expect(sent).toEqual([]);
  });

  it('is evidence from when it was placed once the source is found to have taken it', async () => {
    const next = await cutOff();
    await next.reconcile();
    readBack = () => accepted;
    now += 20;
    await next.reconcile();
    expect(orders()).toMatchObject([{ state: 'accepted' }]);
    expect(evidence()).toMatchObject({ at: T });
  });

  it('stays unknown while the source cannot be asked', async () => {
    const next = await cutOff();
    await next.reconcile();
    readBack = () => {
      throw new ConnectorError('unavailable', 'gone');
    };
    now += 20;
    await next.reconcile();
    expect(orders()).toMatchObject([{ state: 'unknown' }]);
  });
});

describe('reading back', () => {
  it('takes the evidence away of a reboot that the source could not carry out', async () => {
    await desk.place('ninja:1', wanted());
    expect(evidence()).toBeDefined();
    readBack = () => ({ state: 'failed', text: 'the agent is offline' });
    await desk.reconcile();
    expect(orders()).toMatchObject([{ state: 'failed' }]);
    expect(evidence()).toBeUndefined();
  });

  it('asks less and less often, and not at all about what is settled', async () => {
    let asked = 0;
    readBack = () => {
      asked += 1;
      return undefined;
    };
    await desk.place('ninja:1', wanted(script));
    for (let second = 0; second < 100; second += 1) {
      await desk.reconcile();
      now += 1;
    }
    expect(asked).toBe(4);
    readBack = () => ({ state: 'done', text: 'ran' });
    now += 600;
    await desk.reconcile();
    readBack = () => {
      throw new Error('asked again');
    };
    now += 3600;
    await desk.reconcile();
    expect(orders()).toMatchObject([{ state: 'done' }]);
  });

  it('reads the device anew after maintenance, so that only what the source says becomes a window', async () => {
    answer = () => ({ state: 'done', text: 'until then', until: T + 3600 });
    await desk.place('ninja:1', wanted({ action: 'maintenance', until: T + 3600 }));
    expect(refreshed).toEqual(['ninja:1']);
    expect(fleet.state('ninja:1')?.planned).toEqual([]);
  });
});

describe('what is not even placed', () => {
  it.each<[string, NewOrder, Partial<OrderDeskDeps>]>([
    ['orders_off', wanted(), { settingsOf: () => ({ ...settings, enabled: false }) }],
    ['not_capable', wanted(), { connectorOf: () => undefined }],
    [
      'not_capable',
      wanted({ action: 'maintenance', until: T + 60 }),
      { connectorOf: () => ({ ...connector, capabilities: { ...connector.capabilities, maintenance: false } }) },
    ],
    ['unknown_script', wanted({ ...script, script: '419' }), {}],
    ['bad_end', wanted({ action: 'maintenance', until: T }), {}],
    ['bad_end', wanted({ action: 'maintenance', until: T + 8 * 86_400 }), {}],
    [
      'source_unavailable',
      wanted(script),
      {
        connectorOf: () => ({
          ...connector,
          scripts: () => Promise.reject(new ConnectorError('unavailable', 'the vendor answered 503')),
        }),
      },
    ],
  ])('%s', async (reason, order, deps) => {
    expect(await aDesk(deps).place('ninja:1', order)).toMatchObject({ ok: false, reason });
    expect(orders()).toEqual([]);
    expect(sent).toEqual([]);
  });

  it('names what can be run', async () => {
    const result = await desk.place('ninja:1', wanted({ ...script, script: '419' }));
    expect(!result.ok && result.detail).toContain('418 (Remove an update)');
  });

  it('a second reboot while the first may be on its way', async () => {
    answer = () => ({ state: 'unknown', text: 'no answer' });
    await desk.place('ninja:1', wanted());
    expect(await desk.place('ninja:1', wanted())).toMatchObject({ ok: false, reason: 'open_reboot' });
    now += 600;
    expect(await desk.place('ninja:1', wanted())).toMatchObject({ ok: true });
  });

  it('a second reboot at the same moment, under another key or none', async () => {
    const results = await Promise.all([
      desk.place('ninja:1', wanted(reboot, { key: 'left' })),
      desk.place('ninja:1', wanted(reboot, { key: 'right' })),
      desk.place('ninja:1', wanted()),
    ]);
    expect(results.map((result) => result.ok || result.reason)).toEqual([true, 'open_reboot', 'open_reboot']);
    expect(sent).toHaveLength(1);
  });

  it('more orders of an organization than a minute may have, also at the same time', async () => {
    const wave = Array.from({ length: 5 }, () => desk.place('ninja:1', wanted(script)));
    expect((await Promise.all(wave)).filter(({ ok }) => ok)).toHaveLength(3);
    expect(sent).toHaveLength(3);
  });

  it('an order for a device that was given to another organization, or removed, while its script was looked up', async () => {
    const { facts } = fleet.state('ninja:1') ?? { facts: undefined };
    if (facts === undefined) throw new Error('no device');
    const header = { source: 'ninja', device: 'ninja:1', occurredAt: T - 30, receivedAt: T - 30 };
    const moved = { ...header, dedupKey: 'm', organization: 'globex', type: 'device.observed' } as const;
    const gone = { ...header, dedupKey: 'g', organization: 'globex', type: 'device.removed' } as const;
    const during = (change: () => Promise<unknown>): RmmConnector => ({
      ...connector,
      scripts: async () => {
        await change();
        return [{ id: '418', name: 'Remove an update' }];
      },
    });
    const change = () => events.append([{ ...moved, data: { ...facts, organization: 'globex' } }]);
    const remove = () => events.append([{ ...gone, data: { reason: 'gone' } }]);
    for (const alter of [change, remove]) {
      const result = await aDesk({ connectorOf: () => during(alter) }).place('ninja:1', wanted(script));
      expect(result).toMatchObject({ ok: false, reason: 'not_capable' });
    }
    expect(sent).toEqual([]);
    expect(await store.queryEvents({ scope: 'all', types: ['order.placed'], order: 'asc', limit: 9 })).toEqual([]);
  });

  it('an order whose source was closed for orders while its script was looked up', async () => {
    let enabled = true;
    const closing: RmmConnector = {
      ...connector,
      scripts: () => {
        enabled = false;
        return Promise.resolve([{ id: '418', name: 'Remove an update' }]);
      },
    };
    const closed = aDesk({ connectorOf: () => closing, settingsOf: () => ({ ...settings, enabled }) });
    expect(await closed.place('ninja:1', wanted(script))).toMatchObject({ ok: false, reason: 'orders_off' });
    expect(orders()).toEqual([]);
  });

  it('more orders of an organization than a minute may have', async () => {
    const results = [];
    for (let count = 0; count < 4; count += 1) results.push(await desk.place('ninja:1', wanted(script)));
    expect(results.map(({ ok }) => ok)).toEqual([true, true, true, false]);
    expect(results[3]).toMatchObject({ reason: 'too_many', retryAfterSeconds: 60 });
    now += 60;
    expect(await desk.place('ninja:1', wanted(script))).toMatchObject({ ok: true });
  });
});

describe('the log', () => {
  it('gives the same orders when it is folded anew', async () => {
    await desk.place('ninja:1', wanted(reboot, { key: 'a' }));
    await desk.place('ninja:1', wanted(script, { key: 'b' }));
    const clock = { now: () => now };
    const policy = () => defaultPolicy.compliance;
    const rebuilt = new Fleet({ clock, sources: new SourceBoard(), policy, perOrganization: () => true });
    await restoreFleet(store, rebuilt);
    expect(rebuilt.state('ninja:1')).toEqual(fleet.state('ninja:1'));
    expect(rebuilt.state('ninja:1')?.orders).toHaveLength(2);
  });
});
