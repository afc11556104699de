import { describe, expect, it } from 'vitest';
import { aDevice } from '../../test/support/builders.ts';
import { HostNames } from './host-names.ts';

const named = (vendorId: string, hostNames: readonly string[], organization = 'acme') =>
  aDevice({ facts: { vendorId, hostNames, organization } });

describe('HostNames', () => {
  it('finds devices by any of their names, in any case, within one organization', () => {
    const names = new HostNames();
    names.add(named('1', ['DC01', 'dc01', 'dc01.acme.example']));
    names.add(named('2', ['dc01'], 'globex'));
    expect(names.find('acme', 'Dc01')).toEqual(['ninja:1']);
    expect(names.find('acme', 'dc01.acme.example')).toEqual(['ninja:1']);
    expect(names.find('globex', 'DC01')).toEqual(['ninja:2']);
    expect(names.find('initech', 'DC01')).toEqual([]);
  });

  it('follows a device to its new name, and forgets one that was removed', () => {
    const names = new HostNames();
    const [before, after] = [named('1', ['old']), named('1', ['new'])];
    names.add(before);
    names.add(named('2', ['new']));
    names.replace(before, after);
    expect([names.find('acme', 'old'), names.find('acme', 'new')]).toEqual([[], ['ninja:2', 'ninja:1']]);
    names.replace(after, { ...after, removed: true });
    expect(names.find('acme', 'new')).toEqual(['ninja:2']);
  });
});
