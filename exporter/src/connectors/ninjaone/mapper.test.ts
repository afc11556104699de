import { describe, expect, it } from 'vitest';
import { createReadCounters } from '../tally.ts';
import { Device, HealthRow, OsBlock } from './api-schema.ts';
import { mapDevice, patchesAreKnown, type DeviceReports } from './mapper.ts';

const device = (fields: Record<string, unknown> = {}): Device =>
  Device.parse({ id: 1, organizationId: 2, nodeClass: 'WINDOWS_SERVER', offline: false, ...fields });
const health = (fields: Record<string, unknown> = {}): HealthRow =>
  HealthRow.parse({ deviceId: 1, offline: false, pendingOSPatchesCount: 0, ...fields });
const os = (fields: Record<string, unknown>): OsBlock => OsBlock.parse(fields);
const patch = { id: 'KB1', title: 'One', severity: 'low', kind: 'other', status: 'missing' } as const;
const none = { current: [], attempts: [] };
const installedOnce = { current: [], attempts: [{ ...patch, status: 'installed' as const }] };
const directory = { organizationKeys: new Map(), siteNames: new Map(), groupsOf: () => [] };

describe('whether a device’s patches are known', () => {
  it.each([
    ['online with open updates', device(), { patches: { current: [patch], attempts: [] } }, true],
    ['clean, patched lately, and counted clean', device(), { health: health(), patches: installedOnce }, true],
    ['without any row: clean, unscanned or unmanaged', device(), { health: health(), patches: none }, false],
    ['without a health row to confirm it', device(), { patches: installedOnce }, false],
    [
      'counted as missing some',
      device(),
      { health: health({ pendingOSPatchesCount: 3 }), patches: installedOnce },
      false,
    ],
    ['offline', device({ offline: true }), { health: health(), patches: installedOnce }, false],
    [
      'offline, with rows from before',
      device({ offline: true }),
      { patches: { current: [patch], attempts: [] } },
      false,
    ],
    ['not said to be online', device({ offline: null }), { health: health(), patches: installedOnce }, false],
    ['offline by the health report', device(), { health: health({ offline: true }), patches: installedOnce }, false],
    [
      'behind a parent that is offline',
      device(),
      { health: health({ parentOffline: true }), patches: installedOnce },
      false,
    ],
  ] satisfies [string, Device, DeviceReports, boolean][])('%s', (_what, subject, reports, expected) => {
    expect(patchesAreKnown(subject, reports)).toBe(expected);
    const facts = mapDevice(subject, reports, directory, 'acme', createReadCounters());
    expect(facts.patches !== undefined).toBe(expected);
  });
});

describe('whether a reboot is pending', () => {
  it.each([
    ['the report says yes', os({ needsReboot: true }), '', true],
    ['the report says no', os({ needsReboot: false }), '', false],
    ['only the health report gives a reason', undefined, 'Windows Update', true],
    ['nobody says anything', undefined, '', undefined],
    ['the reports contradict each other', os({ needsReboot: false }), 'Windows Update', undefined],
    ['the report is silent', os({ needsReboot: null }), '', undefined],
  ])('when %s', (_what, report, pendingRebootReason, expected) => {
    const reports = { ...(report ? { os: report } : {}), health: health({ pendingRebootReason }), patches: none };
    expect(mapDevice(device(), reports, directory, 'acme', createReadCounters()).rebootPending).toBe(expected);
  });
});

describe('maintenance', () => {
  it.each([
    [
      'under way',
      { status: 'IN_MAINTENANCE', start: 1786440000, end: 1786448000 },
      { start: 1786440000, end: 1786448000 },
    ],
    ['to come', { status: 'PENDING', end: 1786448000, reasonMessage: 'x' }, { end: 1786448000, reason: 'x' }],
    ['without an end', { status: 'IN_MAINTENANCE', start: 1786440000 }, undefined],
    ['that failed', { status: 'FAILED', start: 1786440000, end: 1786448000 }, undefined],
    ['in a state nobody knows', { status: 'NAPPING', start: 1786440000, end: 1786448000 }, undefined],
    ['in milliseconds', { status: 'PENDING', end: 1786448000000 }, { end: 1786448000 }],
  ])('%s', (_what, maintenance, expected) => {
    const facts = mapDevice(device({ maintenance }), { patches: none }, directory, 'acme', createReadCounters());
    expect(facts.maintenance).toEqual(expected);
  });
});

describe('names', () => {
  it.each([
    [{ systemName: 'FS01', dnsName: 'fs01.local', netbiosName: 'fs01' }, ['FS01', 'fs01.local']],
    [{ dnsName: 'fs01.local', displayName: 'File server' }, ['fs01.local']],
    [{ displayName: 'only a display name, which anyone may type' }, []],
    [{ systemName: ' ', dnsName: null }, []],
  ])('of %j', (fields, expected) => {
    expect(mapDevice(device(fields), { patches: none }, directory, 'acme', createReadCounters()).hostNames).toEqual(
      expected,
    );
  });
});
