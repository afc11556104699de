import { describe, expect, it } from 'vitest';
import { foldEvent } from './fold.ts';
import type { DeviceState } from './device.ts';
import type { DomainEvent, EventBody } from './event.ts';
import { orderKey, orderText, type OrderRequest } from './order.ts';

const T = 1_780_000_000;
const reboot: OrderRequest = { action: 'reboot', mode: 'forced' };
const header = { source: 'ninja', organization: 'acme', device: 'ninja:1' };

function event(at: number, dedupKey: string, body: EventBody): DomainEvent {
  return { ...header, dedupKey, occurredAt: at, receivedAt: at, ...body };
}
const placed = (at: number, id = 'o', request = reboot) =>
  event(at, id, { type: 'order.placed', data: { id, request, reason: 'KB5041160', owner: 'ada' } });
const settled = (at: number, state: 'accepted' | 'unknown' | 'refused' | 'done' | 'failed', id = 'o') =>
  event(at, `${id}/${state}`, { type: 'order.settled', data: { id, state, text: state } });
const ordered = (at: number, id = 'o') =>
  event(at, orderKey({ id }), { type: 'reboot.ordered', data: { owner: 'ada' } });

function fold(...events: readonly DomainEvent[]): DeviceState {
  const state = events.reduce<DeviceState | undefined>((before, next) => foldEvent(before, next), undefined);
  if (state === undefined) throw new Error('no events');
  return state;
}
const states = (state: DeviceState): unknown => state.orders?.map((order) => order.state);

describe('orders in the state of a device', () => {
  it('are placed once, and take the newest word', () => {
    const state = fold(placed(T), placed(T + 5), settled(T + 1, 'unknown'), settled(T + 60, 'accepted'));
    expect(state.orders).toMatchObject([{ id: 'o', state: 'accepted', placedAt: T, settledAt: T + 60, owner: 'ada' }]);
  });

  it('keep a final word, and one that is newer than what comes late', () => {
    expect(states(fold(placed(T), settled(T + 9, 'done'), settled(T + 10, 'unknown')))).toEqual(['done']);
    expect(states(fold(placed(T), settled(T + 9, 'accepted'), settled(T + 1, 'unknown')))).toEqual(['accepted']);
  });

  it('are not made by an outcome alone', () => {
    expect(fold(settled(T, 'accepted')).orders).toBeUndefined();
  });

  it('are the newest fifty', () => {
    const many = Array.from({ length: 60 }, (_, index) => placed(T + index, String(index)));
    const { orders = [] } = fold(...many);
    expect([orders.length, orders[0]?.id, orders.at(-1)?.id]).toEqual([50, '10', '59']);
  });

  it('take away the evidence of their own reboot when it failed, and nobody else’s', () => {
    const accepted = [placed(T), settled(T + 1, 'accepted'), ordered(T)];
    expect(fold(...accepted).rebootOrdered).toMatchObject({ owner: 'ada' });
    expect(fold(...accepted, settled(T + 9, 'failed')).rebootOrdered).toBeUndefined();
    const another = [placed(T + 5, 'p'), ordered(T + 5, 'p')];
    expect(fold(...accepted, ...another, settled(T + 9, 'failed')).rebootOrdered).toMatchObject({ at: T + 5 });
  });
});

describe('what the source itself says of a reboot whose order failed', () => {
  const told = (at: number, type: 'reboot.ordered' | 'reboot.started', source = 'ninja') => ({
    ...event(at, `activity:${String(at)}`, { type, data: {} }),
    source,
  });
  const given = [placed(T), settled(T + 1, 'accepted'), ordered(T)];
  const feed = [told(T + 2, 'reboot.ordered'), told(T + 3, 'reboot.started')];
  const failed = settled(T + 60, 'failed');

  it.each([
    ['before', [...given, ...feed, failed]],
    ['after', [...given, failed, ...feed]],
  ])('explains nothing when it is read %s', (_when, events) => {
    const { rebootOrdered, rebootStarted } = fold(...events);
    expect([rebootOrdered, rebootStarted]).toEqual([undefined, undefined]);
  });

  it('counts when it is about another one, or somebody else says it', () => {
    const later = fold(...given, failed, told(T + 61, 'reboot.started'));
    expect(later.rebootStarted).toMatchObject({ at: T + 61 });
    const earlier = fold(told(T - 60, 'reboot.started'), ...given, failed);
    expect(earlier.rebootStarted).toMatchObject({ at: T - 60 });
    const posted = fold(...given, told(T + 2, 'reboot.ordered', 'api'), failed);
    expect(posted.rebootOrdered).toMatchObject({ source: 'api' });
  });

  it('counts while the order is open, or was carried out', () => {
    expect(fold(...given, ...feed).rebootStarted).toMatchObject({ at: T + 3 });
    expect(fold(...given, settled(T + 60, 'done'), ...feed).rebootStarted).toMatchObject({ at: T + 3 });
  });
});

describe('orderText', () => {
  it.each<[OrderRequest, string]>([
    [reboot, 'a forced reboot'],
    [{ action: 'reboot', mode: 'normal' }, 'a reboot'],
    [{ action: 'script', script: '418', arguments: ['-Password', 'hunter2'] }, 'script 418 with 2 arguments'],
    [{ action: 'script', script: '418', arguments: ['hunter2'] }, 'script 418 with 1 argument'],
    [{ action: 'script', script: '418', arguments: [] }, 'script 418'],
    [{ action: 'maintenance', until: T }, 'maintenance until 2026-05-28T20:26:40.000Z'],
    [{ action: 'maintenance_end' }, 'the end of maintenance'],
  ])('%j', (request, text) => {
    expect(orderText(request)).toBe(text);
  });
});
