import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeviceFacts, DeviceState } from './device.ts';
import type { DomainEvent, EventBody } from './event.ts';
import { foldEvent } from './fold.ts';

const T = 1_780_000_000;
const patch = { id: 'KB5041160', title: 'Cumulative update' };
const open = { ...patch, severity: 'critical', kind: 'security', status: 'missing' } as const;

function facts(overrides: Partial<DeviceFacts> = {}): DeviceFacts {
  return {
    vendorId: '1',
    organization: 'larkspur',
    groups: [],
    tags: [],
    displayName: 'FS01',
    hostNames: ['fs01'],
    ipAddresses: [],
    ...overrides,
  };
}

let counter = 0;
function event(at: number, body: EventBody, source = 'ninja'): DomainEvent {
  counter += 1;
  const header = {
    source,
    dedupKey: String(counter),
    organization: 'larkspur',
    device: 'ninja:1',
    occurredAt: at,
    receivedAt: at,
  };
  return { ...header, ...body };
}

const fold = (...events: DomainEvent[]): DeviceState => {
  const state = events.reduce<DeviceState | undefined>((before, next) => foldEvent(before, next), undefined);
  if (state === undefined) throw new Error('no events');
  return state;
};
const observed = (at: number, overrides: Partial<DeviceFacts> = {}) =>
  event(at, { type: 'device.observed', data: facts(overrides) });

describe('foldEvent', () => {
  it('knows a device from an event alone, with everything else unknown', () => {
    const state = fold(event(T, { type: 'patch.install.started', data: { patches: [patch] } }));
    expect(state).toMatchObject({ key: 'ninja:1', source: 'ninja', observedAt: 0 });
    expect(state.facts.rebootPending).toBeUndefined();
    expect(state.facts.patches).toBeUndefined();
  });

  it('lets the later-dated snapshot win, in whatever order they arrive', () => {
    const older = observed(T, { displayName: 'OLD' });
    const newer = observed(T + 10, { displayName: 'NEW' });
    expect(fold(older, newer).facts.displayName).toBe('NEW');
    expect(fold(newer, older).facts.displayName).toBe('NEW');
  });

  it('forgets what a newer snapshot no longer says: unknown is not the old value', () => {
    const state = fold(observed(T, { rebootPending: true, patches: [open] }), observed(T + 10));
    expect(state.facts.rebootPending).toBeUndefined();
    expect(state.rebootPendingSince).toBeUndefined();
    expect(state.facts.patches).toBeUndefined();
  });

  it('counts a pending reboot from its first word over reads that could not say: neither age nor boot is forgotten', () => {
    const month = 30 * 86_400;
    const unsure = fold(observed(T, { rebootPending: true }), observed(T + month));
    expect(foldEvent(unsure, observed(T + month + 60, { rebootPending: true })).rebootPendingSince).toBe(T);
    const booted = fold(observed(T, { rebootPending: true }), observed(T + 100, { lastBootAt: T + 50 }));
    expect(foldEvent(booted, observed(T + 200, { rebootPending: true })).facts.rebootPending).toBe(false);
    const denied = fold(
      observed(T, { rebootPending: true }),
      observed(T + 100),
      observed(T + 200, { rebootPending: false }),
    );
    expect(foldEvent(denied, observed(T + 300, { rebootPending: true })).rebootPendingSince).toBe(T + 300);
  });

  it('takes nothing along that explains an outage when a device moves to another organization', () => {
    const plan = { id: 'p', start: T, end: T + 9000, reason: 'night', owner: 'ada' };
    const moved = fold(
      observed(T, { rebootPending: true, lastBootAt: T - 60 }),
      event(T + 1, { type: 'patch.installed', data: { patches: [patch] } }),
      event(T + 2, { type: 'reboot.ordered', data: {} }),
      event(T + 3, { type: 'maintenance.planned', data: plan }, 'schedule'),
      observed(T + 10, { organization: 'harbor' }),
    );
    expect(moved).toEqual({
      ...fold(observed(T + 10, { organization: 'harbor', lastBootAt: T - 60 })),
      observedRef: moved.observedRef,
    });
  });

  it('takes no event of an organization that the device does not belong to', () => {
    const plan = { id: 'p', start: T, end: T + 9000, reason: 'night', owner: 'ada' };
    const moved = fold(observed(T), observed(T + 10, { organization: 'harbor' }));
    expect(foldEvent(moved, event(T + 20, { type: 'maintenance.planned', data: plan }, 'schedule'))).toEqual(moved);
    expect(foldEvent(moved, event(T + 20, { type: 'reboot.ordered', data: {} }))).toEqual(moved);
  });

  it('counts the age of an open update from the first time it was seen open without a break', () => {
    const still = fold(observed(T, { patches: [open] }), observed(T + 100, { patches: [open] }));
    expect(still.facts.patches?.[0]?.firstSeenAt).toBe(T);
    const back = fold(
      observed(T, { patches: [open] }),
      observed(T + 100, { patches: [{ ...open, status: 'installed' }] }),
      observed(T + 200, { patches: [open] }),
    );
    expect(back.facts.patches?.[0]?.firstSeenAt).toBe(T + 200);
  });

  it('keeps the age of open updates over a time in which the source could not say', () => {
    const offline = fold(observed(T, { patches: [open] }), observed(T + 100), observed(T + 200));
    expect(offline.facts.patches).toBeUndefined();
    expect(foldEvent(offline, observed(T + 300, { patches: [open] })).facts.patches?.[0]?.firstSeenAt).toBe(T);
  });

  it('takes a boot newer than install and pending as the answer, whatever the source goes on saying', () => {
    const state = fold(
      observed(T, { rebootPending: true, lastBootAt: T - 9999 }),
      event(T + 60, { type: 'reboot.completed', data: { bootAt: T + 55 } }),
      observed(T + 120, { rebootPending: true, lastBootAt: T - 9999 }),
    );
    expect(state.facts.lastBootAt).toBe(T + 55);
    expect(state.facts.rebootPending).toBe(false);
    const again = fold(
      observed(T, { rebootPending: true, lastBootAt: T + 55 }),
      event(T + 300, { type: 'patch.installed', data: { patches: [patch], rebootRequired: true } }),
    );
    expect(again.facts.rebootPending).toBe(true);
  });

  it('never moves the boot time back', () => {
    expect(fold(observed(T, { lastBootAt: T - 5 }), observed(T + 5, { lastBootAt: T - 500 })).facts.lastBootAt).toBe(
      T - 5,
    );
  });

  it('puts installs within two hours into one batch and starts a new one after that', () => {
    const install = (at: number, id: string) =>
      event(at, { type: 'patch.installed', data: { patches: [{ id, title: id }] } });
    expect(fold(install(T, 'KB1'), install(T + 7200, 'KB2')).lastInstall?.patches.map((p) => p.id)).toEqual([
      'KB1',
      'KB2',
    ]);
    expect(fold(install(T, 'KB1'), install(T + 7201, 'KB2')).lastInstall?.patches.map((p) => p.id)).toEqual(['KB2']);
  });

  it('reads the last batch out of a snapshot, but not from installs dated in the future', () => {
    const installed = (at: number) => observed(T, { patches: [{ ...open, status: 'installed', installedAt: at }] });
    expect(fold(installed(T - 60)).lastInstall).toEqual({ source: 'ninja', at: T - 60, patches: [patch] });
    expect(fold(installed(T + 60)).lastInstall).toBeUndefined();
  });

  it('marks a device removed by a complete read, and alive again when it is seen later', () => {
    const removed = fold(observed(T), event(T + 10, { type: 'device.removed', data: { reason: 'absent' } }));
    expect(removed.removed).toBe(true);
    expect(foldEvent(removed, observed(T + 20)).removed).toBe(false);
  });

  it('lets a removed device begin anew, whether its last state was kept or not', () => {
    const removed = fold(
      observed(T, { rebootPending: true }),
      event(T + 1, { type: 'patch.installed', data: { patches: [patch] } }),
      event(T + 10, { type: 'device.removed', data: { reason: 'absent' } }),
    );
    for (const next of [observed(T + 20), event(T + 20, { type: 'reboot.ordered', data: {} })])
      expect(foldEvent(removed, next)).toEqual(foldEvent(undefined, next));
  });

  it('does not let an install of before the last read say "pending" when that read said no', () => {
    const late = event(T, { type: 'patch.installed', data: { patches: [patch], rebootRequired: true } });
    const state = fold(observed(T + 600, { rebootPending: false }), late);
    expect(state.facts.rebootPending).toBe(false);
    expect(state.rebootPendingSince).toBeUndefined();
  });

  it('knows that only an event says "pending", until a read says it too', () => {
    const pending = event(T + 60, { type: 'reboot.pending', data: {} }, 'api');
    const told = fold(observed(T, { rebootPending: false }), pending);
    expect(told).toMatchObject({ facts: { rebootPending: true }, pendingToldAt: T + 60 });
    expect(foldEvent(told, observed(T + 120, { rebootPending: true })).pendingToldAt).toBeUndefined();
    expect(fold(observed(T, { rebootPending: true }), pending).pendingToldAt).toBeUndefined();
  });

  it('dates maintenance without a beginning from the first read that showed it without a break', () => {
    const start = (...reads: DomainEvent[]) => fold(...reads).facts.maintenance?.start;
    const on = (at: number, end: number) => observed(at, { maintenance: { end } });
    expect(start(on(T, T + 900), on(T + 300, T + 900), on(T + 600, T + 1800))).toBe(T);
    expect(start(on(T, T + 900), observed(T + 300), on(T + 600, T + 1800))).toBe(T + 600);
    expect(start(on(T, T + 900), on(T + 1200, T + 1800))).toBe(T + 1200);
  });

  it('shortens a planned window that was ended, and never lengthens it', () => {
    const plan = { id: 'p', start: T, end: T + 100, reason: 'night', owner: 'ada' };
    const state = fold(
      event(T, { type: 'maintenance.planned', data: plan }, 'patchhaven'),
      event(T + 50, { type: 'maintenance.ended', data: { id: 'p' } }),
      event(T + 500, { type: 'maintenance.ended', data: { id: 'p' } }),
    );
    expect(state.planned).toEqual([{ ...plan, source: 'patchhaven', plannedAt: T, end: T + 50 }]);
  });
});

const at = fc.integer({ min: 0, max: 20_000 }).map((offset) => T + offset);
const refs = fc.array(
  fc.constantFrom('KB1', 'KB2', 'KB3').map((id) => ({ id, title: id })),
  { maxLength: 3 },
);
function orderEvent(id: string): fc.Arbitrary<DomainEvent> {
  const request = { action: 'reboot', mode: 'normal' } as const;
  const states = fc.constantFrom('accepted', 'refused', 'unknown', 'done', 'failed');
  return fc.oneof(
    at.map((when) => event(when, { type: 'order.placed', data: { id, request, reason: 'r', owner: 'ada' } })),
    fc
      .tuple(at, states)
      .map(([when, state]) => event(when, { type: 'order.settled', data: { id, state, text: state } })),
  );
}
const anyEvent: fc.Arbitrary<DomainEvent> = fc.oneof(
  fc
    .tuple(at, fc.option(fc.boolean(), { nil: undefined }), fc.option(at, { nil: undefined }))
    .map(([when, pending, boot]) =>
      observed(when, {
        ...(pending === undefined ? {} : { rebootPending: pending }),
        ...(boot === undefined ? {} : { lastBootAt: boot }),
      }),
    ),
  fc.tuple(at, refs).map(([when, patches]) => event(when, { type: 'patch.install.started', data: { patches } })),
  fc.tuple(at, refs).map(([when, patches]) => event(when, { type: 'patch.installed', data: { patches } })),
  fc.tuple(at, refs).map(([when, patches]) => event(when, { type: 'patch.install.failed', data: { patches } })),
  at.map((when) => event(when, { type: 'reboot.ordered', data: {} })),
  at.map((when) => event(when, { type: 'reboot.completed', data: { bootAt: when } })),
  at.map((when) => event(when, { type: 'patch.install.completed', data: { patches: [] } })),
);
const anyEventOrOrder = fc.oneof({ weight: 2, arbitrary: anyEvent }, orderEvent('o'), orderEvent('p'));

describe('folding, on any events', () => {
  it('keeps the newest mark of each kind in whatever order events arrive', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { minLength: 1, maxLength: 12 }), fc.nat(), (events, seed) => {
        const shuffled = [...events].sort(
          (a, b) => ((a.occurredAt * 7919 + seed) % 101) - ((b.occurredAt * 7919 + seed) % 101),
        );
        const pick = (state: DeviceState) => ({
          started: state.installStarted?.at,
          ended: state.installEndedAt,
          failed: state.lastInstallFailure?.at,
          ordered: state.rebootOrdered?.at,
          boot: state.facts.lastBootAt,
          observed: state.observedAt,
        });
        // A snapshot that is older than a known one is dropped whole, so only its boot time may be missing.
        const a = pick(fold(...events));
        const b = pick(fold(...shuffled));
        expect({ ...a, boot: 0 }).toEqual({ ...b, boot: 0 });
      }),
      { numRuns: 1000 },
    );
  });

  it('takes no order, and no word on one, for evidence: at the most it takes evidence away', () => {
    fc.assert(
      fc.property(fc.array(anyEventOrOrder, { minLength: 1, maxLength: 12 }), (events) => {
        const isOrder = ({ type }: DomainEvent): boolean => type.startsWith('order.');
        const first = observed(T - 1);
        const withOrders = fold(first, ...events);
        const without = fold(first, ...events.filter((event) => !isOrder(event)));
        const { orders: _orders, rebootOrdered, ...rest } = withOrders;
        const { rebootOrdered: unordered, ...same } = without;
        expect(rest).toEqual(same);
        expect(rebootOrdered?.at ?? 0).toBeLessThanOrEqual(unordered?.at ?? 0);
      }),
      { numRuns: 1000 },
    );
  });

  it('believes "pending" only when no newer boot has answered it', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { minLength: 1, maxLength: 12 }), (events) => {
        const state = fold(...events);
        if (state.facts.rebootPending !== true) return;
        const since = Math.max(state.rebootPendingSince ?? 0, state.lastInstall?.at ?? 0);
        expect(state.facts.lastBootAt ?? 0).toBeLessThanOrEqual(since);
      }),
      { numRuns: 2000 },
    );
  });
});
