import { describe, expect, it } from 'vitest';
import type { DeviceFacts } from '../domain/device.ts';
import { groupsOf, type GroupRule } from './groups.ts';

const facts: DeviceFacts = {
  vendorId: '7',
  organization: 'larkspur',
  site: 'Main Office',
  groups: ['Servers'],
  tags: ['ring:test'],
  displayName: 'FS01',
  hostNames: ['fs01.corp.local'],
  ipAddresses: [],
  os: { name: 'Windows Server 2022', family: 'windows' },
};
const none = { tags: [], sites: [], organizations: [], devices: [], groups: [], os: [] };
const rule = (name: string, match: Partial<GroupRule['match']>): GroupRule => ({ name, match: { ...none, ...match } });

describe('groupsOf', () => {
  it('puts configured groups first and keeps the source’s', () => {
    expect(groupsOf('ninja', facts, [rule('Test', { tags: ['RING:TEST'] })])).toEqual(['Test', 'Servers']);
  });
  it('asks for one match in every list that is given', () => {
    expect(groupsOf('ninja', facts, [rule('A', { tags: ['ring:test'], os: ['linux'] })])).toEqual(['Servers']);
    expect(groupsOf('ninja', facts, [rule('A', { sites: ['main office', 'x'], groups: ['servers'] })])[0]).toBe('A');
  });
  it('knows a device by id, name or host name', () => {
    for (const name of ['ninja:7', 'FS01', 'fs01.corp.local']) {
      expect(groupsOf('ninja', facts, [rule('A', { devices: [name] })])[0]).toBe('A');
    }
  });
});
