import { describe, expect, it } from 'vitest';
import type { DevicePatch } from '../../domain/patch.ts';
import { createReadCounters } from '../tally.ts';
import { OsPatch } from './api-schema.ts';
import { isSince, mapPatch, mergePatches, patchRef } from './patches.ts';

const row = (fields: Record<string, unknown>): OsPatch => OsPatch.parse({ id: 'uuid', name: 'Update', ...fields });

describe('mapPatch', () => {
  it.each([
    ['MANUAL', 'missing'],
    ['manual', 'missing'],
    ['DELAYED', 'missing'],
    ['APPROVED', 'approved'],
    ['REJECTED', 'rejected'],
    ['INSTALLED', 'installed'],
    ['FAILED', 'failed'],
  ])('status %s is %s', (status, expected) => {
    const counters = createReadCounters();
    expect(mapPatch(row({ status }), counters).status).toBe(expected);
    expect(counters.unknownWords.toTally()).toEqual({});
  });

  it.each([
    ['CRITICAL', 'critical'],
    ['critical', 'critical'],
    ['Important', 'important'],
    ['security', 'important'],
    ['MODERATE', 'moderate'],
    ['recommended', 'moderate'],
    ['LOW', 'low'],
    ['optional', 'optional'],
    ['NONE', 'unspecified'],
    ['unknown', 'unspecified'],
    [null, 'unspecified'],
  ])('severity %s is %s', (severity, expected) => {
    const counters = createReadCounters();
    expect(mapPatch(row({ severity, status: 'MANUAL' }), counters).severity).toBe(expected);
    expect(counters.unknownWords.toTally()).toEqual({});
  });

  it.each([
    ['SECURITY_UPDATES', 'security'],
    ['CRITICAL_UPDATES', 'other'],
    ['UPDATE_ROLLUPS', 'rollup'],
    ['REGULAR_UPDATES', 'other'],
    ['DEFINITION_UPDATES', 'definition'],
    ['DRIVER_UPDATES', 'driver'],
    ['FEATURE_UPDATES', 'feature'],
    ['FEATURE_PACKS', 'feature'],
    ['SERVICE_PACKS', 'rollup'],
    ['UNSPECIFIED', 'other'],
    ['UNKNOWN', 'other'],
  ])('type %s is %s', (type, expected) => {
    expect(mapPatch(row({ type, status: 'MANUAL' }), createReadCounters()).kind).toBe(expected);
  });

  it('counts words outside the tables, and object property names are no words', () => {
    const counters = createReadCounters();
    const patch = mapPatch(row({ status: 'constructor', severity: 'toString', type: '__proto__' }), counters);
    expect(patch).toMatchObject({ status: 'unknown', severity: 'unspecified', kind: 'other' });
    expect(counters.unknownWords.toTally()).toEqual({ 'patch.severity': 1, 'patch.status': 1, 'patch.type': 1 });
  });

  it('does not take a missing status for an open or installed update', () => {
    expect(mapPatch(row({ status: null }), createReadCounters()).status).toBe('unknown');
  });
});

describe('patchRef', () => {
  it.each([
    [{ kbNumber: 'KB5041160' }, 'KB5041160'],
    [{ kbNumber: '5041160' }, 'KB5041160'],
    [{ kbNumber: 5041160 }, 'KB5041160'],
    [{ kbNumber: ' kb 5041160 ' }, 'KB5041160'],
    [{ kbNumber: null, name: 'Definitions (KB2267602)' }, 'KB2267602'],
    [{ kbNumber: '', name: 'openssl' }, 'uuid'],
    [{ id: null, name: 'openssl' }, 'openssl'],
  ])('names %j %s', (fields, id) => {
    expect(patchRef(row(fields)).id).toBe(id);
  });
});

describe('mergePatches', () => {
  const patch = (status: DevicePatch['status'], installedAt?: number): DevicePatch => ({
    id: 'KB1',
    title: 'One',
    severity: 'low',
    kind: 'other',
    status,
    ...(installedAt === undefined ? {} : { installedAt }),
  });

  it.each([
    ['open, never tried', [patch('missing')], [], 'missing'],
    ['open, last try failed', [patch('approved')], [patch('failed', 5)], 'failed'],
    ['rejected after a failure', [patch('rejected')], [patch('failed', 5)], 'rejected'],
    ['offered again after an install', [patch('missing')], [patch('installed', 5)], 'missing'],
    ['failed, then installed', [], [patch('failed', 5), patch('installed', 9)], 'installed'],
    ['installed, then failed', [], [patch('installed', 5), patch('failed', 9)], 'failed'],
    ['both at once', [], [patch('installed', 5), patch('failed', 5)], 'failed'],
    ['failed, and an install without a date', [], [patch('failed', 5), patch('installed')], 'failed'],
    ['a failure without a date, and an install', [], [patch('failed'), patch('installed', 5)], 'failed'],
    ['of a status nobody knows', [patch('unknown')], [patch('installed', 5)], 'unknown'],
  ] as const)('an update %s', (_what, current, attempts, expected) => {
    for (const order of [attempts, [...attempts].reverse()])
      expect(mergePatches({ current: [...current], attempts: [...order] }).map(({ status }) => status)).toEqual([
        expected,
      ]);
  });
});

describe('isSince', () => {
  it.each([
    [undefined, true],
    [100, true],
    [99, false],
  ])('an attempt at %s against a window from 100: %s', (installedAt, expected) => {
    const patch = { id: 'x', title: 'x', severity: 'low', kind: 'other', status: 'installed' } as const;
    expect(isSince(installedAt === undefined ? patch : { ...patch, installedAt }, 100)).toBe(expected);
  });
});
