import { describe, expect, it } from 'vitest';
import { aPatch } from '../../../test/support/builders.ts';
import type { DevicePatch } from '../../domain/patch.ts';
import { UpdateCensus } from './update-census.ts';

const open = (id: string, status: DevicePatch['status'] = 'missing') => aPatch({ id, status });

describe('UpdateCensus', () => {
  it('counts devices per open update and status, a device once', () => {
    const census = new UpdateCensus();
    census.replace([], 'acme', [open('a'), open('a'), open('b', 'failed'), open('c', 'installed')]);
    census.replace([], 'acme', [open('a', 'failed'), open('a')]);
    census.replace([], 'globex', undefined);
    expect(census.of('acme').map(({ patch, status, devices }) => [patch, status, devices])).toEqual([
      ['a', 'missing', 2],
      ['a', 'failed', 1],
      ['b', 'failed', 1],
    ]);
    expect(census.of('globex')).toEqual([]);
  });

  it('names an organization only when one of its counts has changed', () => {
    const census = new UpdateCensus();
    const share = census.replace([], 'acme', [open('a'), open('b')]);
    expect(census.takeChanged()).toEqual(['acme']);
    const same = census.replace(share, 'acme', [open('a'), open('b')]);
    expect(census.takeChanged()).toEqual([]);
    const less = census.replace(same, 'acme', [open('b')]);
    expect(census.takeChanged()).toEqual(['acme']);
    expect(census.of('acme')).toMatchObject([{ patch: 'b', devices: 1 }]);
    census.remove(less);
    expect(census.of('acme')).toEqual([]);
  });
});
