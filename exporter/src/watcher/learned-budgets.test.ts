import { describe, expect, it } from 'vitest';
import { aWindow } from '../../test/support/builders.ts';
import type { DeviceState } from '../domain/device.ts';
import { decide } from '../domain/decision.ts';
import { defaultPolicy } from '../domain/policy.ts';
import type { SilenceWindow } from '../domain/window.ts';
import { budgetResult, LearnedBudgets } from './learned-budgets.ts';

const T = 1_780_000_000;
const day = 86_400;
const policy = { ...defaultPolicy.budget, learned: { enabled: true, coverage: 0.9, floorSeconds: 60 } };

const device = (key: string, organization = 'acme'): DeviceState => ({
  key,
  source: 'ninja',
  facts: {
    vendorId: key,
    organization,
    groups: [],
    tags: [],
    displayName: key,
    hostNames: [],
    ipAddresses: [],
    os: { name: 'Windows Server 2022', family: 'windows' },
  },
  observedAt: T,
  removed: false,
  planned: [],
  lastInstall: { source: 'ninja', at: T - 60, patches: [] },
});
let count = 0;
const reboot = (of: DeviceState, seconds: number, overrides: Partial<SilenceWindow> = {}): SilenceWindow => ({
  id: `w${String((count += 1))}`,
  kind: 'quiet',
  device: of.key,
  organization: of.facts.organization,
  instance: `${of.key}:9182`,
  cause: '',
  owner: 'patchhaven',
  triggeredAt: T - day,
  downAt: T - day + count,
  budgetSeconds: 1800,
  openedAt: T - day + count,
  endsAt: T - day + 1800,
  patches: [],
  evidence: [],
  closedAt: T - day + count + seconds,
  outcome: 'returned',
  seenUpAt: T - day + count + seconds,
  ...overrides,
});
const learn = (devices: readonly DeviceState[], windows: readonly SilenceWindow[], budget = policy): LearnedBudgets => {
  const learned = new LearnedBudgets({
    clock: { now: () => T },
    stateOf: (key) => devices.find((known) => known.key === key),
    policy: () => budget,
  });
  learned.note(windows);
  return learned;
};
const nine = (of: DeviceState): SilenceWindow[] => Array.from({ length: 9 }, (_, index) => reboot(of, 300 + index));

describe('LearnedBudgets', () => {
  const srv = device('ninja:1');

  it('learns from windows in which the device was seen to come back', () => {
    expect(learn([srv], nine(srv)).boundFor(srv)).toMatchObject({ seconds: expect.closeTo(308) as number, own: 9 });
    const neverSeen = nine(srv).map(({ seenUpAt: _, ...window }): SilenceWindow => ({ ...window, outcome: 'overdue' }));
    expect(learn([srv], neverSeen).boundFor(srv)).toBeUndefined();
  });

  it('learns nothing from an outage that no patch explained in the end', () => {
    const crash = reboot(srv, 7000, { outcome: 'contradicted', closedAt: T - day + 60 });
    expect(learn([srv], [...nine(srv).slice(1), crash]).boundFor(srv)).toBeUndefined();
  });

  it('takes in how long a reboot past its budget took in the end', () => {
    const slow = reboot(srv, 5000, { outcome: 'overdue', closedAt: T - day + 1800 });
    expect(learn([srv], [...nine(srv), ...nine(srv), slow]).boundFor(srv)?.seconds).toBeCloseTo(308);
    expect(learn([srv], [...nine(srv).slice(1), slow]).boundFor(srv)?.seconds).toBeCloseTo(5000);
  });

  it('leaves out machines that came back without having booted', () => {
    const checks = [{ check: 'boot_time', result: 'failed' as const, detail: '', at: T }];
    const verification = {
      verdict: 'failed' as const,
      startedAt: T - day + 10,
      settlesAt: T,
      rounds: 1,
      consecutivePasses: 0,
      checks,
    };
    const notBooted = nine(srv).map((window) => ({ ...window, verification }));
    expect(learn([srv], notBooted).boundFor(srv)).toBeUndefined();
  });

  it('takes a reboot back when a later word says that it was none', () => {
    const windows = nine(srv);
    const learned = learn([srv], windows);
    expect(learned.boundFor(srv)).toBeDefined();
    learned.note(windows.slice(0, 1).map((window) => ({ ...window, outcome: 'contradicted' as const })));
    expect(learned.boundFor(srv)).toBeUndefined();
  });

  it('keeps nothing while it is switched off, and reads what it missed when it is switched on', async () => {
    let budget = { ...policy, learned: { ...policy.learned, enabled: false } };
    const clock = { now: () => T };
    const learned = new LearnedBudgets({ clock, stateOf: () => srv, policy: () => budget });
    learned.note(nine(srv));
    budget = policy;
    expect(learned.boundFor(srv)).toBeUndefined();
    await learned.load({ queryWindows: () => Promise.resolve(nine(srv)) });
    expect(learned.boundFor(srv)).toBeDefined();
  });

  it('reads the past again when the store failed', async () => {
    const learned = learn([srv], []);
    await expect(learned.load({ queryWindows: () => Promise.reject(new Error('locked')) })).rejects.toThrow('locked');
    await learned.load({ queryWindows: () => Promise.resolve(nine(srv)) });
    expect(learned.boundFor(srv)).toBeDefined();
  });

  it('never looks at the reboots of another organization', () => {
    const other = device('ninja:2', 'globex');
    const learned = learn([srv, other], nine(other));
    expect(learned.boundFor(other)).toBeDefined();
    expect(learned.boundFor(srv)).toBeUndefined();
  });

  it('says nothing while it is switched off', () => {
    const off = { ...policy, learned: { ...policy.learned, enabled: false } };
    expect(learn([srv], nine(srv), off).boundFor(srv)).toBeUndefined();
  });

  it('reads the past once, page by page', async () => {
    const pages = [nine(srv), []];
    let asked = 0;
    const learned = learn([srv], []);
    const store = { queryWindows: () => Promise.resolve(pages[asked++] ?? []) };
    await learned.load(store);
    await learned.load(store);
    expect(asked).toBe(1);
    expect(learned.boundFor(srv)).toBeDefined();
  });
});

describe('a learned budget', () => {
  const srv = device('ninja:1');
  const openWith = (seconds: number, budget = policy, from = 'windows devices') =>
    decide({
      device: srv,
      instance: 'ninja:1:9182',
      outage: { downAt: T, paged: false, alerts: ['HostDown'], neverSuppress: false },
      history: [],
      freshnessOf: () => ({ readAt: T, contactAt: T }),
      policy: { ...defaultPolicy, budget },
      learned: { seconds, from, samples: 120, own: 4 },
      now: T,
    });

  it('decides how long the device may be away, and says where it comes from', () => {
    expect(openWith(700)).toMatchObject({
      action: 'open',
      endsAt: T + 700,
      budgetFrom: 'learned',
      budgetBasis: 'learned: 90 % of 120 reboots of its windows devices, 4 of them its own, took less',
    });
  });

  it('is lengthened by the past of the device alone, and never past the cap', () => {
    expect(openWith(99_999, policy, 'device')).toMatchObject({ endsAt: T + policy.capSeconds });
    expect(openWith(99_999)).toMatchObject({ endsAt: T + policy.defaultSeconds, budgetFrom: 'configured' });
  });

  it('gives way to what is configured for the very device', () => {
    expect(openWith(700, { ...policy, byDevice: { 'ninja:1': 1200 } })).toMatchObject({
      endsAt: T + 1200,
      budgetBasis: 'by configuration',
    });
  });
});

describe('budgetResult', () => {
  const window = aWindow({ outcome: 'returned' });

  it('judges learned budgets only, and none of a window of before their origin was kept', () => {
    expect(budgetResult({ ...window, budgetFrom: 'learned' })).toBe('covered');
    expect(budgetResult({ ...window, budgetFrom: 'learned', outcome: 'overdue' })).toBe('exceeded');
    expect(budgetResult({ ...window, budgetFrom: 'learned', outcome: 'cancelled' })).toBeUndefined();
    expect(budgetResult({ ...window, budgetFrom: 'configured' })).toBeUndefined();
    expect(budgetResult(window)).toBeUndefined();
  });
});
