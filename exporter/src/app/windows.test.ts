import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultPolicy } from '../domain/policy.ts';
import { EventLog, restoreFleet } from '../fleet/event-log.ts';
import { Fleet } from '../fleet/fleet.ts';
import { SourceBoard } from '../fleet/source-board.ts';
import type { WindowRequest, Windows } from '../http/deps.ts';
import { openStore } from '../store/open-store.ts';
import type { PatchStore } from '../store/patch-store.ts';
import { SuppressionController } from '../watcher/controller.ts';
import { restoreWindows } from './restore-windows.ts';
import { createWindows } from './windows.ts';

const T = 1_780_000_000;
const hour = 3600;
let now = T;
let store: PatchStore;
let fleet: Fleet;
let windows: Windows;
let controller: SuppressionController;

const request = (overrides: Partial<WindowRequest> = {}): WindowRequest => ({
  devices: ['ninja:1'],
  start: T,
  end: T + hour,
  reason: 'patch night',
  ...overrides,
});
const step = () => controller.step({ outages: new Map(), up: new Set(), complete: true });
const goDown = () =>
  controller.step({
    outages: new Map([['ninja:1', { downAt: now, paged: false, alerts: ['HostDown'], neverSuppress: false }]]),
    up: new Set(),
    complete: true,
  });

/** An exporter that starts on what is in the store. */
async function start(): Promise<EventLog> {
  const clock = { now: () => now };
  const sources = new SourceBoard();
  fleet = new Fleet({ clock, sources, policy: () => defaultPolicy.compliance, perOrganization: () => true });
  const log = new EventLog(store, fleet);
  const policy = () => defaultPolicy;
  const recorder = { decision: () => undefined, windowClosed: () => undefined };
  controller = new SuppressionController({
    clock,
    store,
    fleet,
    sources,
    policy,
    recorder,
    requestLookup: () => undefined,
  });
  log.onFolded((devices) => {
    controller.noteChanged(devices);
  });
  windows = createWindows({ clock, fleet, log, store, controller, policy });
  await restoreFleet(store, fleet);
  await controller.settleAfterStart(await restoreWindows({ clock, store, fleet }));
  fleet.setIdentities(new Map([['ninja:1', { status: 'matched', instance: 'i:1', by: 'discovery' }]]));
  return log;
}

beforeEach(async () => {
  now = T;
  store = await openStore('sqlite::memory:');
  const log = await start();
  const facts = {
    vendorId: '1',
    organization: 'o',
    groups: [],
    tags: [],
    displayName: 'd',
    hostNames: [],
    ipAddresses: [],
  };
  const header = {
    source: 'ninja',
    dedupKey: 'o',
    organization: 'o',
    device: 'ninja:1',
    occurredAt: T - 60,
    receivedAt: T,
  };
  await log.append([{ ...header, type: 'device.observed', data: facts }]);
  fleet.setIdentities(new Map([['ninja:1', { status: 'matched', instance: 'i:1', by: 'discovery' }]]));
});
afterEach(() => store.close());

describe('windows made by people', () => {
  it('become a maintenance window of the same id, and explain a reboot inside it', async () => {
    const result = await windows.open(request(), 'ada');
    const id = result.ok ? result.windows[0]?.id : undefined;
    await step();
    expect(fleet.get('ninja:1')?.maintenance).toMatchObject({ id, owner: 'ada', endsAt: T + hour });
    now = T + 60;
    await goDown();
    expect(fleet.get('ninja:1')?.quiet).toMatchObject({ owner: 'ada', endsAt: T + 60 + 1800 });
  });
  it('can be cancelled after the checks closed them early, so that the plan explains no further outage', async () => {
    const result = await windows.open(request(), 'ada');
    const id = result.ok ? (result.windows[0]?.id ?? '') : '';
    await step();
    const window = await store.readWindow(id);
    if (window === undefined) throw new Error('not stored');
    now = T + 600;
    await store.recordDecisions([{ ...window, closedAt: now, outcome: 'failed' }], []);
    expect(await windows.cancel(id, 'done', 'ada')).toMatchObject({ ok: true, windows: [{ id, outcome: 'failed' }] });
    expect(await windows.cancel(id, 'done', 'ada')).toMatchObject({ reason: 'already_closed' });
    now = T + 700;
    await goDown();
    expect(fleet.get('ninja:1')?.quiet).toBeUndefined();
  });
  it('mute nothing before they begin', async () => {
    await windows.open(request({ start: T + 600, end: T + hour }), 'ada');
    await step();
    expect(fleet.get('ninja:1')?.maintenance).toBeUndefined();
    await goDown();
    expect(fleet.get('ninja:1')?.quiet).toBeUndefined();
    now = T + 601;
    await step();
    expect(fleet.get('ninja:1')?.maintenance?.endsAt).toBe(T + hour);
  });
  it('explain nothing any more once cancelled, before or after they began', async () => {
    for (const start of [T, T + 600]) {
      const result = await windows.open(request({ start, end: start + hour }), 'ada');
      const id = result.ok ? (result.windows[0]?.id ?? '') : '';
      await step();
      now += 1;
      expect(await windows.cancel(id, 'moved', 'grace')).toMatchObject({
        ok: true,
        windows: [{ outcome: 'cancelled' }],
      });
      expect(await windows.cancel(id, 'moved', 'grace')).toMatchObject({ ok: false, reason: 'already_closed' });
      now = start + 700;
      await goDown();
      expect(fleet.get('ninja:1')?.quiet).toBeUndefined();
      await step();
      expect(fleet.get('ninja:1')?.maintenance?.outcome ?? 'cancelled').toBe('cancelled');
      now += 2 * hour;
      await step();
      now = T;
    }
  });
  describe('when the exporter dies between the end of the plan and that of its window', () => {
    const cancelAndDie = async (id: string) => {
      const { recordDecisions } = store;
      store.recordDecisions = () => Promise.reject(new Error('killed'));
      await expect(windows.cancel(id, 'moved', 'grace')).rejects.toThrow('killed');
      store.recordDecisions = recordDecisions;
    };
    const plan = async (begin: number) => {
      const result = await windows.open(request({ start: begin, end: begin + hour }), 'ada');
      return result.ok ? (result.windows[0]?.id ?? '') : '';
    };

    it('closes the window at the next start, whether it ran already or only the store knew of it', async () => {
      for (const hasRun of [true, false]) {
        const id = await plan(now);
        if (hasRun) await step();
        now += 60;
        await cancelAndDie(id);
        now += 60;
        await start();
        await step();
        expect(await store.readWindow(id)).toMatchObject({ closedAt: now, outcome: 'contradicted' });
        expect(fleet.get('ninja:1')?.maintenance?.closedAt).toBe(now);
      }
    });
    it('closes it without a restart too', async () => {
      const id = await plan(T);
      await step();
      now += 60;
      await cancelAndDie(id);
      now += 5;
      await step();
      expect(fleet.get('ninja:1')?.maintenance).toMatchObject({ closedAt: now, outcome: 'contradicted' });
    });
    it('closes one that is planned for later, and never opens it', async () => {
      const id = await plan(T + 600);
      await cancelAndDie(id);
      now = T + 60;
      await start();
      expect(await store.readWindow(id)).toMatchObject({ closedAt: T + 60, outcome: 'contradicted' });
      now = T + 700;
      await start();
      await step();
      expect(fleet.openWindows()).toEqual([]);
    });
    it('leaves what is still planned as it is', async () => {
      const id = await plan(T + 600);
      await start();
      expect((await store.readWindow(id))?.closedAt).toBeUndefined();
      now = T + 601;
      await step();
      expect(fleet.get('ninja:1')?.maintenance).toMatchObject({ id, endsAt: T + 600 + hour });
    });
  });
  it.each([
    ['is longer than the cap', { end: T + 5 * hour }, 'too_long'],
    ['is over already', { start: T - hour, end: T }, 'in_the_past'],
    ['names a device that nothing can be muted for', { devices: ['ninja:2'] }, 'unmatched'],
  ])('are refused when one %s', async (_what, overrides, reason) => {
    expect(await windows.open(request(overrides), 'ada')).toMatchObject({ ok: false, reason });
    expect(fleet.state('ninja:1')?.planned).toEqual([]);
  });
  it('do not overlap on one device', async () => {
    await windows.open(request(), 'ada');
    expect(await windows.open(request({ start: T + 1800, end: T + 2 * hour }), 'ada')).toMatchObject({
      reason: 'overlaps',
    });
  });
});
