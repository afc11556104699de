import { describe, expect, it } from 'vitest';
import { aDevice } from '../../test/support/builders.ts';
import { rankCandidates } from './candidates.ts';

const target = (instance: string, names: readonly string[], addresses: readonly string[] = []) => ({
  instance,
  names,
  addresses,
});
const device = aDevice({
  facts: { displayName: 'WEB-PROD-01', hostNames: ['web-prod-01.example.com'], ipAddresses: ['192.0.2.10'] },
});

describe('rankCandidates', () => {
  it('puts the same host name first, then the address, then names that differ in the last letters', () => {
    const ranked = rankCandidates(device, [
      target('other:9182', ['db']),
      target('web-prod-02:9182', ['web-prod-02']),
      target('192.0.2.10:9182', [], ['192.0.2.10']),
      target('web-prod-01:9182', ['web-prod-01']),
    ]);
    expect(ranked).toEqual([
      { instance: 'web-prod-01:9182', because: 'host_name' },
      { instance: '192.0.2.10:9182', because: 'address' },
      { instance: 'web-prod-02:9182', because: 'similar_name' },
      { instance: 'other:9182', because: 'no_sign' },
    ]);
  });

  it.each([
    ['srv-1', 'srv-2', 'no_sign'],
    ['web-prod-01', 'web-test-01', 'no_sign'],
    ['web-prod-01', 'win-web-prod-01', 'similar_name'],
  ])('compares %s with %s: %s', (name, other, because) => {
    const named = aDevice({ facts: { displayName: name, hostNames: [], ipAddresses: [] } });
    expect(rankCandidates(named, [target('x:1', [other])])).toEqual([{ instance: 'x:1', because }]);
  });

  it('names an instance once, with the best sign', () => {
    const ranked = rankCandidates(device, [target('x:1', ['db']), target('x:1', ['web-prod-01'])]);
    expect(ranked).toEqual([{ instance: 'x:1', because: 'host_name' }]);
  });
});
