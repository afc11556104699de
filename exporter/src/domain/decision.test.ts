import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, reviewWindow, type DecisionInput, type Outage } from './decision.ts';
import type { DeviceState } from './device.ts';
import { judgeEvidence, collectEvidence, type SourceFreshness } from './evidence.ts';
import { defaultPolicy } from './policy.ts';
import type { SilenceWindow } from './window.ts';

const T = 1_780_000_000;
const minute = 60;
const patch = { id: 'KB5041160', title: 'Cumulative update' };

function device(state: Partial<DeviceState> = {}, facts: Partial<DeviceState['facts']> = {}): DeviceState {
  return {
    key: 'ninja:1',
    source: 'ninja',
    facts: {
      vendorId: '1',
      organization: 'larkspur',
      groups: [],
      tags: [],
      displayName: 'FS01',
      hostNames: ['fs01'],
      ipAddresses: [],
      ...facts,
    },
    observedAt: T - 3600,
    removed: false,
    planned: [],
    ...state,
  };
}

const fresh: SourceFreshness = { readAt: T, contactAt: T, snapshotIntervalSeconds: 300, contactIntervalSeconds: 30 };
const outage: Outage = { downAt: T, paged: false, alerts: ['HostDown'], neverSuppress: false };

function input(overrides: Partial<DecisionInput> = {}): DecisionInput {
  return {
    device: device({ lastInstall: { source: 'ninja', at: T - 10 * minute, patches: [patch] } }),
    instance: 'fs01:9182',
    outage,
    history: [],
    freshnessOf: () => fresh,
    policy: defaultPolicy,
    now: T + 10,
    ...overrides,
  };
}

function windowOf(overrides: Partial<SilenceWindow> = {}): SilenceWindow {
  return {
    id: 'w1',
    kind: 'quiet',
    device: 'ninja:1',
    organization: 'larkspur',
    instance: 'fs01:9182',
    cause: 'patched',
    owner: 'patchhaven',
    triggeredAt: T - 600,
    downAt: T,
    budgetSeconds: 1800,
    openedAt: T + 10,
    endsAt: T + 1800,
    patches: [patch],
    evidence: collectEvidence(input().device, fresh, 1800, defaultPolicy),
    ...overrides,
  };
}

describe('decide', () => {
  it('opens for a patched device that just went down, and counts the budget from the moment it went down', () => {
    const decision = decide(input({ now: T + 50 }));
    expect(decision).toMatchObject({ action: 'open', endsAt: T + 30 * minute, budgetSeconds: 1800 });
  });

  const refusals: [string, Partial<DecisionInput>, string][] = [
    ['nothing is known', { device: device() }, 'no_evidence'],
    [
      'the install is older than two hours',
      { device: device({ lastInstall: { source: 'ninja', at: T - 7201, patches: [] } }) },
      'evidence_expired',
    ],
    [
      'the install came after the outage',
      { device: device({ lastInstall: { source: 'ninja', at: T + 6, patches: [] } }) },
      'evidence_after_outage',
    ],
    [
      'the machine has booted since the install: that reboot is over',
      { device: device({ lastInstall: { source: 'ninja', at: T - 600, patches: [] } }, { lastBootAt: T - 300 }) },
      'evidence_spent',
    ],
    ['the page has gone out', { outage: { ...outage, paged: true } }, 'already_firing'],
    ['the outage is older than the context delay', { now: T + 121 }, 'too_late'],
    ['an alert says never', { outage: { ...outage, neverSuppress: true } }, 'never_suppress'],
    ['the alert began in the future', { outage: { ...outage, downAt: T + 100 } }, 'contradicted'],
    [
      'the source has not answered for three polls',
      { freshnessOf: () => ({ ...fresh, contactAt: T - 91 }) },
      'source_stale',
    ],
    ['the source has never answered', { freshnessOf: () => ({ contactIntervalSeconds: 30 }) }, 'source_stale'],
    [
      'this outage already had its window',
      { history: [windowOf({ closedAt: T + 5, outcome: 'cancelled' })] },
      'window_ended',
    ],
    [
      'the device has returned from a window since the install',
      { history: [windowOf({ downAt: T - 500, openedAt: T - 490, closedAt: T - 100, outcome: 'returned' })] },
      'evidence_spent',
    ],
    [
      'the daily cap is used up',
      {
        history: [
          windowOf({ openedAt: T - 20 * 3600, endsAt: T - 16 * 3600, closedAt: T - 16 * 3600, outcome: 'returned' }),
        ],
      },
      'capped',
    ],
  ];
  it.each(refusals)('refuses when %s', (_when, overrides, reason) => {
    expect(decide(input(overrides))).toMatchObject({ action: 'refuse', reason });
  });

  it('gives a device no second window before it was seen to answer, however young the outage looks', () => {
    // Prometheus was restarted: for it the outage began just now.
    const planned = device({
      planned: [{ id: 'p', source: 'patchhaven', start: T - 9000, end: T + 7200, reason: 'patch night', owner: 'ada' }],
    });
    for (const outcome of ['overdue', 'cancelled', 'contradicted', 'capped'] as const) {
      const ended = windowOf({ downAt: T - 3600, openedAt: T - 3590, endsAt: T - 1800, closedAt: T - 1800, outcome });
      expect(decide(input({ device: planned, history: [ended] }))).toMatchObject({ reason: 'window_ended' });
      const seen = { ...ended, seenUpAt: T - 600 };
      expect(decide(input({ device: planned, history: [seen] })).action).toBe('open');
    }
  });

  it('shortens the window to what the daily cap leaves', () => {
    const used = windowOf({
      openedAt: T - 20 * 3600,
      endsAt: T - 20 * 3600 + 4 * 3600 - 600,
      closedAt: T - 16 * 3600,
      outcome: 'returned',
    });
    expect(decide(input({ history: [used], now: T + 10 }))).toMatchObject({ action: 'open', endsAt: T + 10 + 600 });
  });

  it('lets a planned window explain a second outage, but not after an operator ended the first', () => {
    const planned = device({
      planned: [{ id: 'p', source: 'patchhaven', start: T - 60, end: T + 7200, reason: 'patch night', owner: 'ada' }],
    });
    const earlier = windowOf({ downAt: T - 50, openedAt: T - 40, closedAt: T - 20, outcome: 'returned' });
    expect(decide(input({ device: planned, history: [earlier] })).action).toBe('open');
    const ended = windowOf({ closedAt: T + 2, outcome: 'cancelled' });
    expect(decide(input({ device: planned, history: [ended] }))).toMatchObject({ reason: 'window_ended' });
  });

  it('trusts "reboot pending" only while the snapshot that says so is fresh and the reboot has not been pending for days', () => {
    const pending = (since: number) => device({ rebootPendingSince: since }, { rebootPending: true });
    const at = (readAt: number, since: number) =>
      decide(input({ device: pending(since), freshnessOf: () => ({ ...fresh, readAt }) })).action;
    expect(at(T - 100, T - 3600)).toBe('open');
    expect(at(T - 901, T - 3600)).toBe('refuse');
    expect(at(T - 100, T - 8 * 24 * 3600)).toBe('refuse');
  });

  it('trusts "reboot pending" that only an event said for an hour, however often reads that do not say it renew', () => {
    const told = (at: number) => device({ rebootPendingSince: at, pendingToldAt: at }, { rebootPending: true });
    expect(decide(input({ device: told(T - 3500) })).action).toBe('open');
    expect(decide(input({ device: told(T - 3700) }))).toMatchObject({ reason: 'evidence_expired' });
  });

  it('believes no plan for longer than a maintenance window may last, whoever made it', () => {
    const years = 5 * 365 * 24 * 3600;
    const since = (start: number) => [
      device({ planned: [{ id: 'p', source: 'api', start, end: start + years, reason: '', owner: 'script' }] }),
      device({}, { maintenance: { start, end: start + years } }),
    ];
    for (const state of since(T - 3 * 3600)) expect(decide(input({ device: state })).action).toBe('open');
    for (const state of since(T - 5 * 3600))
      expect(decide(input({ device: state }))).toMatchObject({ reason: 'evidence_expired' });
  });
});

const seconds = fc.integer({ min: -4 * 3600, max: 4 * 3600 });
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

/** Any device state whose facts lie within four hours around T, also contradictory ones. */
const anyDevice: fc.Arbitrary<DeviceState> = fc
  .record({
    started: maybe(seconds),
    ended: maybe(seconds),
    installed: maybe(seconds),
    failed: maybe(seconds),
    ordered: maybe(seconds),
    pendingSince: maybe(seconds),
    boot: maybe(seconds),
    plan: maybe(fc.tuple(seconds, seconds)),
    removed: fc.boolean(),
  })
  .map((r) => {
    const mark = (at: number | undefined, ref: string) =>
      at === undefined ? undefined : { source: 'ninja', at: T + at, ref, patches: [patch] };
    const defined = <K extends string, V>(key: K, value: V | undefined) =>
      value === undefined ? {} : { [key]: value };
    return device(
      {
        ...defined('installStarted', mark(r.started, 's')),
        ...defined('lastInstallFailure', mark(r.failed, 'f')),
        ...defined('rebootOrdered', mark(r.ordered, 'o')),
        ...defined('installEndedAt', r.ended === undefined ? undefined : T + r.ended),
        ...defined(
          'lastInstall',
          r.installed === undefined ? undefined : { source: 'ninja', at: T + r.installed, patches: [] },
        ),
        ...defined('rebootPendingSince', r.pendingSince === undefined ? undefined : T + r.pendingSince),
        planned:
          r.plan === undefined
            ? []
            : [{ id: 'p', source: 'patchhaven', start: T + r.plan[0], end: T + r.plan[1], reason: '', owner: 'ada' }],
        removed: r.removed,
      },
      {
        ...(r.boot === undefined ? {} : { lastBootAt: T + r.boot }),
        ...(r.pendingSince === undefined ? {} : { rebootPending: true }),
      },
    );
  });

const rarely = fc.integer({ min: 0, max: 7 }).map((n) => n === 0);

const anyHistory = fc.array(
  fc.record({ openedAt: seconds, length: fc.integer({ min: 1, max: 7200 }), closed: fc.boolean() }).map((r) =>
    windowOf({
      downAt: T + r.openedAt,
      openedAt: T + r.openedAt,
      endsAt: T + r.openedAt + r.length,
      ...(r.closed ? { closedAt: T + r.openedAt + r.length, outcome: 'returned' as const } : {}),
    }),
  ),
  { maxLength: 2 },
);

const anyInput: fc.Arbitrary<DecisionInput> = fc
  .record({
    device: anyDevice,
    history: anyHistory,
    downAt: fc.oneof({ weight: 4, arbitrary: fc.integer({ min: -120, max: 5 }) }, fc.integer({ min: -600, max: 200 })),
    paged: rarely,
    never: rarely,
    contactAge: maybe(
      fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 0, max: 90 }) }, fc.integer({ min: 0, max: 300 })),
    ),
    readAge: maybe(fc.integer({ min: 0, max: 1800 })),
  })
  .map((r) =>
    input({
      device: r.device,
      history: r.history,
      now: T,
      outage: { downAt: T + r.downAt, paged: r.paged, alerts: ['HostDown'], neverSuppress: r.never },
      freshnessOf: (source) =>
        source === 'patchhaven'
          ? {}
          : {
              snapshotIntervalSeconds: 300,
              contactIntervalSeconds: 30,
              ...(r.contactAge === undefined ? {} : { contactAt: T - r.contactAge }),
              ...(r.readAge === undefined ? {} : { readAt: T - r.readAge }),
            },
    }),
  );

describe('the law, on any input', () => {
  const law = (property: (decision: ReturnType<typeof decide>, given: DecisionInput) => void): void => {
    fc.assert(
      fc.property(anyInput, (given) => {
        property(decide(given), given);
      }),
      { numRuns: 3000 },
    );
  };

  it('opens sometimes: the properties below are not vacuous', () => {
    const opened = fc.sample(anyInput, { numRuns: 3000, seed: 7 }).filter((given) => decide(given).action === 'open');
    expect(opened.length).toBeGreaterThan(300);
  });

  it('never opens without evidence that was valid when the device went down, from a source that still answers', () => {
    law((decision, given) => {
      if (decision.action !== 'open') return;
      expect(decision.evidence.length).toBeGreaterThan(0);
      for (const piece of decision.evidence) {
        expect(judgeEvidence(piece, { downAt: given.outage.downAt }, given.policy.clockSkewSeconds)).toBe('valid');
        const contact = given.freshnessOf(piece.source);
        if (contact.contactIntervalSeconds !== undefined) {
          expect(given.now - (contact.contactAt ?? -Infinity)).toBeLessThanOrEqual(3 * contact.contactIntervalSeconds);
        }
      }
    });
  });

  it('never opens for an outage that was paged, is marked never, is too old or has had its window', () => {
    law((decision, { outage: { paged, neverSuppress, downAt }, now, policy, history }) => {
      const hadItsWindow = history.some((past) => past.closedAt !== undefined && past.closedAt >= downAt);
      const barred = paged || neverSuppress || now - downAt > policy.contextDelaySeconds || hadItsWindow;
      if (barred) expect(decision.action).toBe('refuse');
    });
  });

  it('ends every window in the future, within budget and cap of the moment the device went down', () => {
    law((decision, { outage: { downAt }, now, policy }) => {
      if (decision.action !== 'open') return;
      expect(decision.endsAt).toBeGreaterThan(now);
      expect(decision.endsAt).toBeLessThanOrEqual(downAt + policy.budget.capSeconds);
      expect(decision.endsAt).toBeLessThanOrEqual(downAt + decision.budgetSeconds);
      expect(Number.isFinite(decision.endsAt)).toBe(true);
    });
  });

  it('never lets quiet time of a day pass the cap', () => {
    law((decision, { now, policy, history }) => {
      if (decision.action !== 'open') return;
      const used = history.reduce((sum, past) => {
        const from = Math.max(past.openedAt, now - 86_400);
        return sum + Math.max(0, Math.min(past.closedAt ?? past.endsAt, past.endsAt, now) - from);
      }, 0);
      expect(used + decision.endsAt - now).toBeLessThanOrEqual(policy.dailyCapSeconds + 1e-6);
    });
  });
});

describe('reviewWindow', () => {
  const review = (overrides: {
    window?: Partial<SilenceWindow>;
    state?: DeviceState | undefined;
    instance?: string;
    presence?: 'down' | 'answering' | 'returned' | 'unknown';
    now?: number;
  }) =>
    reviewWindow(
      windowOf(overrides.window),
      'state' in overrides ? overrides.state : input().device,
      overrides.instance ?? 'fs01:9182',
      overrides.presence ?? 'down',
      defaultPolicy,
      () => fresh,
      overrides.now ?? T + 60,
    );

  it('keeps a window whose evidence holds', () => {
    expect(review({})).toBeUndefined();
    expect(review({ presence: 'unknown' })).toBeUndefined();
  });
  it('ends it at the stored end, whatever the monitoring says or does not say', () => {
    expect(review({ now: T + 1800 })).toBe('overdue');
    expect(review({ now: T + 1800, presence: 'unknown' })).toBe('overdue');
  });
  it('takes a return for a return also in the last minute', () => {
    expect(review({ now: T + 1800, presence: 'answering' })).toBe('returned');
    expect(review({ presence: 'returned' })).toBe('returned');
    expect(review({ presence: 'answering' })).toBeUndefined();
  });
  it('ends it when the device is gone, has moved to another organization or is another instance now', () => {
    expect(review({ state: undefined })).toBe('contradicted');
    expect(review({ state: { ...input().device, removed: true } })).toBe('contradicted');
    expect(review({ window: { organization: 'other' } })).toBe('contradicted');
    expect(review({ instance: 'fs02:9182' })).toBe('contradicted');
  });
  it('ends it when the source takes "reboot pending" back without having seen a boot', () => {
    const pending = device({ rebootPendingSince: T - 600 }, { rebootPending: true });
    const evidence = collectEvidence(pending, fresh, 1800, defaultPolicy);
    expect(review({ window: { evidence }, state: pending })).toBeUndefined();
    expect(review({ window: { evidence }, state: device({}, { rebootPending: false }) })).toBe('contradicted');
    expect(
      review({ window: { evidence }, state: device({}, { rebootPending: false, lastBootAt: T + 30 }) }),
    ).toBeUndefined();
  });
  it('ends it when the install turns out to have ended before the outage', () => {
    const installing = device({ installStarted: { source: 'ninja', at: T - 600, ref: 's', patches: [] } });
    const evidence = collectEvidence(installing, fresh, 1800, defaultPolicy);
    expect(review({ window: { evidence }, state: { ...installing, installEndedAt: T - 300 } })).toBe('contradicted');
    expect(review({ window: { evidence }, state: { ...installing, installEndedAt: T + 30 } })).toBeUndefined();
  });
  it('ends it when its planned window was ended before the outage, whatever else is planned for later', () => {
    const plan = { id: 'p', source: 'patchhaven', start: T - 600, end: T + 3600, reason: 'night', owner: 'ada' };
    const tomorrow = { ...plan, id: 'q', start: T + 86_400, end: T + 90_000 };
    const covered = device({ planned: [plan, tomorrow] });
    const evidence = collectEvidence(covered, fresh, 1800, defaultPolicy).filter(({ ref }) => ref === 'p');
    expect(review({ window: { evidence }, state: covered })).toBeUndefined();
    const ended = device({ planned: [{ ...plan, end: T - 60 }, tomorrow] });
    expect(review({ window: { evidence }, state: ended })).toBe('contradicted');
    const moved = device({ planned: [{ ...tomorrow, id: 'p' }] });
    expect(review({ window: { evidence }, state: moved })).toBe('contradicted');
    const other = { ...tomorrow, start: T - 60 };
    expect(
      review({ window: { evidence }, state: device({ planned: [{ ...plan, end: T - 60 }, other] }) }),
    ).toBeUndefined();
  });
});
