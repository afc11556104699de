import { describe, expect, it } from 'vitest';
import type { Verification } from '../../domain/window.ts';
import { aPatch, aView, aWindow, now, type ViewParts } from '../__fixtures__/device-view.ts';
import { deviceFamilies } from '../catalogue.ts';
import { updateDevices } from './update-devices.ts';

const day = 24 * 3600;

/** `label values → value` of one family for one device. */
function read(name: string, parts: ViewParts, at = now): Record<string, number> {
  const family = deviceFamilies.find((candidate) => candidate.name === name);
  if (family === undefined) throw new Error(`no family ${name}`);
  return Object.fromEntries(family.generate(aView(parts), at).map(({ labels, value }) => [labels.join('/'), value]));
}

describe('patch_device_info', () => {
  it('names the first group and leaves out what is not known', () => {
    const facts = { site: 'Bern', groups: ['Test', 'All'], os: { name: 'Windows 11', family: 'windows' } as const };
    expect(read('patch_device_info', { facts })).toEqual({ 'ninja:1/PC-1/Bern/Test/Windows 11//ninja': 1 });
  });
});

describe('patch_device_patches', () => {
  it('says nothing while the updates are unknown', () => {
    expect(read('patch_device_patches', {})).toEqual({});
  });

  it('says nothing when the source is stale', () => {
    expect(read('patch_device_patches', { facts: { patches: [aPatch()] }, view: { stale: true } })).toEqual({});
  });

  it('has the zeros that rules compare with, and no others', () => {
    expect(read('patch_device_patches', { facts: { patches: [] } })).toEqual({
      'missing/critical': 0,
      'failed/any': 0,
    });
  });

  it('counts by status and severity, and failures of all severities again', () => {
    const patches = [
      aPatch(),
      aPatch({ id: 'KB2' }),
      aPatch({ id: 'KB3', status: 'failed' }),
      aPatch({ id: 'KB4', status: 'failed', severity: 'low' }),
    ];
    expect(read('patch_device_patches', { facts: { patches } })).toEqual({
      'missing/critical': 2,
      'failed/critical': 1,
      'failed/low': 1,
      'failed/any': 2,
    });
  });
});

describe('values that are absent when unknown', () => {
  it.each<[string, ViewParts, Record<string, number>]>([
    ['patch_device_reboot_pending', {}, {}],
    ['patch_device_reboot_pending', { facts: { rebootPending: false } }, { '': 0 }],
    ['patch_device_reboot_pending', { facts: { rebootPending: true } }, { '': 1 }],
    ['patch_device_reboot_pending', { facts: { rebootPending: true }, view: { stale: true } }, {}],
    ['patch_device_reboot_pending_since_timestamp_seconds', { state: { rebootPendingSince: 5 } }, { '': 5 }],
    ['patch_device_compliant', {}, {}],
    ['patch_device_compliant', { view: { compliance: { verdict: 'compliant', reasons: [] } } }, { '': 1 }],
    ['patch_device_compliant', { view: { compliance: { verdict: 'non_compliant', reasons: ['x'] } } }, { '': 0 }],
    ['patch_device_compliant', { view: { compliance: { verdict: 'compliant', reasons: [] }, stale: true } }, {}],
    ['patch_device_last_seen_timestamp_seconds', { facts: { lastSeenAt: 7 }, view: { stale: true } }, { '': 7 }],
    ['patch_device_last_boot_timestamp_seconds', { facts: { lastBootAt: 8 } }, { '': 8 }],
    [
      'patch_device_last_install_timestamp_seconds',
      { state: { lastInstall: { at: 9, source: 'n', patches: [] } } },
      { '': 9 },
    ],
    ['patch_device_last_install_info', { state: { lastInstall: { at: 9, source: 'n', patches: [] } } }, {}],
    [
      'patch_device_last_install_failure_timestamp_seconds',
      { state: { lastInstallFailure: { at: 3, source: 'n', ref: 'e', patches: [] } } },
      { '': 3 },
    ],
    ['patch_device_quiet_capped_until_timestamp_seconds', { view: { quietCappedUntil: 11 } }, { '': 11 }],
  ])('%s %#', (name, parts, expected) => {
    expect(read(name, parts)).toEqual(expected);
  });
});

describe('patch_device_oldest_missing_critical_timestamp_seconds', () => {
  it('takes the oldest open critical update, not the installed or lesser ones', () => {
    const patches = [
      aPatch({ firstSeenAt: 50 }),
      aPatch({ status: 'failed', firstSeenAt: 40 }),
      aPatch({ status: 'installed', firstSeenAt: 10 }),
      aPatch({ severity: 'low', firstSeenAt: 20 }),
      aPatch({}),
    ];
    expect(read('patch_device_oldest_missing_critical_timestamp_seconds', { facts: { patches } })).toEqual({ '': 40 });
  });
});

describe('patch_device_last_install_info', () => {
  it('names five updates and counts the rest', () => {
    const patches = [1, 2, 3, 4, 5, 6, 7].map((n) => ({ id: `KB${String(n)}`, title: '' }));
    expect(read('patch_device_last_install_info', { state: { lastInstall: { at: 1, source: 'n', patches } } })).toEqual(
      {
        'KB1, KB2, KB3, KB4, KB5 +2': 1,
      },
    );
  });
});

describe('window deadlines', () => {
  const quiet = 'patch_device_quiet_until_timestamp_seconds';

  it('tells the stored end while the window is open', () => {
    expect(read(quiet, { view: { quiet: aWindow() } })).toEqual({ '': now + 1740 });
  });

  it('tells an early end by value, so that readers who look back see it', () => {
    expect(read(quiet, { view: { quiet: aWindow({ closedAt: now - 5, outcome: 'cancelled' }) } })).toEqual({
      '': now - 5,
    });
  });

  it('keeps the end for 24 hours and then goes', () => {
    const parts = { view: { quiet: aWindow({ endsAt: now }) } };
    expect(read(quiet, parts, now + day - 1)).toEqual({ '': now });
    expect(read(quiet, parts, now + day)).toEqual({});
    expect(read('patch_device_quiet_budget_seconds', parts, now + day)).toEqual({});
  });

  it('has the budget beside it and the maintenance window on its own', () => {
    const view = { quiet: aWindow(), maintenance: aWindow({ kind: 'maintenance', endsAt: now + 99 }) };
    expect(read('patch_device_quiet_budget_seconds', { view })).toEqual({ '': 1800 });
    expect(read('patch_device_maintenance_until_timestamp_seconds', { view })).toEqual({ '': now + 99 });
  });
});

describe('patch_device_verification', () => {
  const verify = (parts: Partial<Verification>) => {
    const verification: Verification = {
      verdict: 'running',
      startedAt: now,
      settlesAt: now + 300,
      rounds: 1,
      consecutivePasses: 0,
      checks: [],
      ...parts,
    };
    return read('patch_device_verification', { view: { quiet: aWindow({ verification }) } });
  };
  const check = (name: string, result: 'passed' | 'failed' | 'no_data', at = now) => ({
    check: name,
    result,
    detail: '',
    at,
  });

  it('does not call a check failed while its service may still settle', () => {
    expect(verify({ checks: [check('iis', 'passed'), check('mssql', 'failed')] })).toEqual({ iis: 1 });
  });

  it('does not call it failed before the verdict, however late that is: Prometheus may have been away', () => {
    expect(verify({ checks: [check('iis', 'no_data', now + 900)] })).toEqual({});
  });

  it('shows every failure once the verdict is failed, and no data is failed', () => {
    const checks = [check('mssql', 'failed'), check('iis', 'no_data')];
    expect(verify({ verdict: 'failed', checks })).toEqual({ mssql: 0, iis: 0 });
  });

  it('says nothing of a machine that was not verified, also when a page was out', () => {
    expect(verify({ verdict: 'not_run', checks: [check('boot_time', 'passed')] })).toEqual({});
    expect(verify({ verdict: 'not_run', checks: [check('boot_time', 'failed', now + 300)] })).toEqual({});
  });

  it('lets the worst of two results under one name count', () => {
    const checks = [check('iis', 'failed'), check('iis', 'passed')];
    expect(verify({ verdict: 'failed', checks })).toEqual({ iis: 0 });
  });
});

describe('patch_update_devices', () => {
  const count = (patch: string, devices: number, status: 'missing' | 'failed' = 'missing') => ({
    patch,
    status,
    devices,
  });
  const generate = (updates: ReturnType<typeof count>[], namedUpdates: number) =>
    Object.fromEntries(
      updateDevices.generate(updates, { namedUpdates }).map(({ labels, value }) => [labels.join('/'), value]),
    );

  it('names the most widespread updates and sums the rest', () => {
    const updates = [count('KB1', 1), count('KB2', 5), count('KB2', 1, 'failed'), count('KB3', 2), count('KB4', 1)];
    expect(generate(updates, 2)).toEqual({ 'KB2/missing': 5, 'KB2/failed': 1, 'KB3/missing': 2, 'other/missing': 2 });
  });

  it('does not let an update called "other" collide with the sum', () => {
    expect(generate([count('other', 3), count('KB1', 1)], 1)).toEqual({ 'other/missing': 4 });
  });
});
