import { describe, expect, it } from 'vitest';
import type { DeviceState } from './device.ts';
import { stepMaintenance } from './maintenance.ts';
import { defaultPolicy } from './policy.ts';
import { startVerification, foldRound } from './verification.ts';
import type { CheckResult, SilenceWindow, Verification } from './window.ts';

const T = 1_780_000_000;
const hour = 3600;
const freshAt = (now: number) => ({
  readAt: now,
  contactAt: now,
  snapshotIntervalSeconds: 300,
  contactIntervalSeconds: 30,
});

function device(state: Partial<DeviceState>): DeviceState {
  return {
    key: 'ninja:1',
    source: 'ninja',
    facts: { vendorId: '1', organization: 'o', groups: [], tags: [], displayName: 'd', hostNames: [], ipAddresses: [] },
    observedAt: T,
    removed: false,
    planned: [],
    ...state,
  };
}
const installedAt = (at: number) => device({ lastInstall: { source: 'ninja', at, patches: [] } });

function open(overrides: Partial<SilenceWindow> = {}): SilenceWindow {
  return {
    id: 'm',
    kind: 'maintenance',
    device: 'ninja:1',
    organization: 'o',
    instance: 'i',
    cause: '',
    owner: 'patchhaven',
    triggeredAt: T,
    budgetSeconds: hour,
    openedAt: T,
    endsAt: T + hour,
    patches: [],
    evidence: [],
    ...overrides,
  };
}
const step = (state: DeviceState, last?: SilenceWindow, quiet?: SilenceWindow, now = T, contact = freshAt(now)) =>
  stepMaintenance(state, last, quiet, () => contact, defaultPolicy, now);

describe('stepMaintenance', () => {
  it('opens at an install for an hour after it', () => {
    expect(step(installedAt(T - 60))).toMatchObject({ action: 'open', endsAt: T - 60 + hour });
  });
  it('does nothing without evidence, for old installs, or when the source is lost', () => {
    expect(step(device({})).action).toBe('none');
    expect(step(installedAt(T - hour - 1)).action).toBe('none');
    expect(step(installedAt(T - 60), undefined, undefined, T, freshAt(T - 100)).action).toBe('none');
  });
  it('moves the end with each further install, but never past four hours from the opening', () => {
    expect(step(installedAt(T + 600), open(), undefined, T + 600)).toMatchObject({
      action: 'extend',
      endsAt: T + 600 + hour,
    });
    const late = step(installedAt(T + 3.5 * hour), open({ endsAt: T + 3.6 * hour }), undefined, T + 3.5 * hour);
    expect(late).toMatchObject({ action: 'extend', endsAt: T + 4 * hour });
    expect(step(installedAt(T + 3.9 * hour), open({ endsAt: T + 4 * hour }), undefined, T + 3.9 * hour).action).toBe(
      'none',
    );
  });
  it('moves the end in steps of five minutes, and exactly when the end is near', () => {
    const window = open({ endsAt: T + hour });
    expect(step(installedAt(T + 299), window, undefined, T + 299).action).toBe('none');
    expect(step(installedAt(T + 300), window, undefined, T + 300)).toMatchObject({ endsAt: T + 300 + hour });
    expect(step(installedAt(T + 20), window, undefined, T + 20).action).toBe('none');
    expect(step(installedAt(T + 20), window, undefined, T + hour - 300)).toMatchObject({
      action: 'extend',
      endsAt: T + 20 + hour,
    });
  });
  it('does not reopen on evidence that an earlier window has used', () => {
    expect(step(installedAt(T - 600), open({ openedAt: T - 590, closedAt: T - 60, outcome: 'cancelled' })).action).toBe(
      'none',
    );
    expect(step(installedAt(T - 30), open({ openedAt: T - 590, closedAt: T - 60, outcome: 'verified' })).action).toBe(
      'open',
    );
  });
  it('never opens for longer than the cap, however long the plan', () => {
    const planned = device({
      planned: [{ id: 'p', source: 'patchhaven', start: T - 10, end: T + 99 * hour, reason: '', owner: 'ada' }],
    });
    expect(step(planned)).toMatchObject({ action: 'open', endsAt: T - 10 + 4 * hour });
  });
  it.each([
    ['passed', 'verified'],
    ['failed', 'failed'],
  ] as const)('closes when verification has %s', (verdict, outcome) => {
    const verification: Verification = {
      ...startVerification(T + 10, defaultPolicy.verification),
      verdict,
      endedAt: T + 20,
    };
    expect(step(installedAt(T), open(), open({ kind: 'quiet', verification }), T + 30)).toEqual({
      action: 'close',
      outcome,
    });
  });
  it('closes when the plan behind it is ended early, unless patching goes on', () => {
    const plan = { id: 'p', source: 'ninja', start: T - hour, end: T + 60, reason: '', owner: 'ada' };
    const evidence = [
      { kind: 'planned_window', source: 'ninja', at: T, validUntil: T + hour, patches: [], ref: 'p' } as const,
    ];
    const ended = device({ planned: [plan] });
    expect(step(ended, open({ evidence }), undefined, T + 61)).toEqual({ action: 'close', outcome: 'contradicted' });
    const patching = { ...ended, lastInstall: { source: 'ninja', at: T + 50, patches: [] } };
    expect(step(patching, open({ evidence, endsAt: T + 900 }), undefined, T + 61).action).toBe('extend');
    expect(step(patching, open({ evidence, endsAt: T + 3 * hour }), undefined, T + 61)).toEqual({
      action: 'close',
      outcome: 'contradicted',
    });
    expect(step(ended, open({ evidence: [] }), undefined, T + 61).action).toBe('none');
  });
  it('closes when the plan behind it was moved to another time, or is not known any more', () => {
    const piece = {
      kind: 'planned_window',
      source: 'api',
      at: T,
      validUntil: T + hour,
      patches: [],
      ref: 'p',
    } as const;
    const plan = { id: 'p', source: 'api', start: T + 24 * hour, end: T + 25 * hour, reason: '', owner: 'ada' };
    const window = open({ evidence: [piece] });
    const of = (...planned: (typeof plan)[]) => step(device({ planned }), window, undefined, T + 600);
    expect(of({ ...plan, start: T, end: T + hour })).toEqual({ action: 'none' });
    expect(of(plan)).toEqual({ action: 'close', outcome: 'contradicted' });
    expect(of()).toEqual({ action: 'close', outcome: 'contradicted' });
    expect(of({ ...plan, source: 'schedule', start: T, end: T + 0.5 * hour })).toMatchObject({ action: 'close' });
  });
  it('closes when the RMM takes its maintenance off the device, or ends it early', () => {
    const inMaintenance = (maintenance?: { start: number; end: number }) =>
      device({ facts: { ...device({}).facts, ...(maintenance === undefined ? {} : { maintenance }) } });
    const opened = step(inMaintenance({ start: T, end: T + hour }), undefined, undefined, T);
    if (opened.action !== 'open') throw new Error('not opened');
    const window = open({ evidence: [opened.evidence] });
    const contradicted = { action: 'close', outcome: 'contradicted' };
    expect(step(inMaintenance(), window, undefined, T + 600)).toEqual(contradicted);
    expect(step(inMaintenance({ start: T, end: T + 500 }), window, undefined, T + 600)).toEqual(contradicted);
    expect(step(inMaintenance({ start: T, end: T + hour }), window, undefined, T + 600)).toEqual({ action: 'none' });
    expect(
      stepMaintenance(
        inMaintenance({ start: T, end: T + hour }),
        window,
        undefined,
        () => ({ ...freshAt(T), contactAt: T - hour }),
        defaultPolicy,
        T + 600,
      ),
    ).toEqual({ action: 'none' });
  });
  it('closes at its absolute end', () => {
    expect(step(device({}), open(), undefined, T + hour)).toEqual({ action: 'close', outcome: 'expired' });
  });
});

describe('foldRound', () => {
  const policy = defaultPolicy.verification;
  const round = (result: CheckResult['result'], at: number): CheckResult[] => [{ check: 'c', result, detail: '', at }];
  const run = (...results: [number, CheckResult['result']][]): Verification =>
    results.reduce((v, [at, result]) => foldRound(v, round(result, at), policy, at), startVerification(T, policy));

  it('passes after two rounds in a row, not after two with a failure between them', () => {
    expect(run([T + 30, 'passed'], [T + 60, 'passed']).verdict).toBe('passed');
    expect(run([T + 30, 'passed'], [T + 60, 'failed'], [T + 90, 'passed']).verdict).toBe('running');
  });
  it('gives services time to come up, then fails; no data is a failure', () => {
    expect(run([T + 299, 'failed']).verdict).toBe('running');
    expect(run([T + 100, 'no_data'], [T + 200, 'no_data'], [T + 300, 'no_data']).verdict).toBe('failed');
  });
  it('goes on looking after a failure, so that the page is resolved', () => {
    expect(run([T + 300, 'failed'], [T + 330, 'passed'], [T + 360, 'passed']).verdict).toBe('passed');
  });
  it('is "not run" without checks, never "passed"', () => {
    expect(foldRound(startVerification(T, policy), [], policy, T + 30).verdict).toBe('not_run');
  });
});
