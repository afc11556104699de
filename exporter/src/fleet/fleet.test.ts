import { expect, it } from 'vitest';
import { aDevice, aWindow, builtAt } from '../../test/support/builders.ts';
import { defaultPolicy } from '../domain/policy.ts';
import { Fleet } from './fleet.ts';
import { SourceBoard } from './source-board.ts';

function newFleet(): Fleet {
  return new Fleet({
    clock: { now: () => builtAt },
    sources: new SourceBoard(),
    policy: () => defaultPolicy.compliance,
    perOrganization: () => true,
  });
}

it('does not show a slow reader of one organization what has moved to another meanwhile', () => {
  const fleet = newFleet();
  const device = (vendorId: string, organization: string) => aDevice({ facts: { vendorId, organization } });
  fleet.restore([device('1', 'acme'), device('2', 'acme'), device('3', 'acme')], 1);
  const seen: string[] = [];
  for (const { state } of fleet.devices('acme')) {
    seen.push(state.facts.vendorId);
    if (seen.length === 1) fleet.restore([device('2', 'globex')], 2);
  }
  expect(seen).toEqual(['1', '3']);
});

it('finds devices by host name as they are now: renamed, moved to another organization, removed', () => {
  const fleet = newFleet();
  const device = (hostNames: string[], organization = 'acme') =>
    aDevice({ facts: { vendorId: '1', hostNames, organization } });
  const found = () => ['acme', 'globex'].map((organization) => fleet.keysOfHost(organization, 'NEW').length);
  fleet.restore([device(['old'])], 1);
  expect(found()).toEqual([0, 0]);
  fleet.restore([device(['new'])], 2);
  expect(found()).toEqual([1, 0]);
  fleet.restore([device(['new'], 'globex')], 3);
  expect(found()).toEqual([0, 1]);
  const header = { source: 'ninja', dedupKey: '1', organization: 'globex', device: 'ninja:1', receivedAt: builtAt };
  fleet.apply([{ ...header, occurredAt: builtAt, type: 'device.removed', data: { reason: 'retired' } }], 4);
  expect(found()).toEqual([0, 0]);
});

it('counts the quiet time of a device that left and came back, and mutes nothing while it is away', () => {
  const fleet = newFleet();
  const { key, source, facts } = aDevice();
  const { organization } = facts;
  const header = { source, organization, device: key, occurredAt: builtAt, receivedAt: builtAt };
  fleet.restore([aDevice()], 1);
  const used = aWindow({ device: key, organization, closedAt: builtAt - 60, outcome: 'returned' });
  fleet.putWindows([used]);
  fleet.setIdentities(new Map([[key, { status: 'matched', instance: used.instance, by: 'discovery' }]]));
  fleet.apply([{ ...header, dedupKey: '2', type: 'device.removed', data: { reason: 'absent' } }], 2);
  expect(fleet.muteableInstance(key)).toBeUndefined();
  expect(fleet.byInstance(organization, used.instance)).toBeUndefined();
  expect([...fleet.devices(), ...fleet.organizations()]).toEqual([]);
  fleet.apply([{ ...header, dedupKey: '3', type: 'device.observed', data: facts }], 3);
  expect(fleet.windowsOf(key)).toEqual([used]);
  expect(fleet.organizations()).toEqual([organization]);
});

it('has nothing to save or to show after an event that says nothing new', () => {
  const fleet = newFleet();
  fleet.restore([aDevice({ rebootPendingSince: builtAt - 600 })], 1);
  const waiting = () => [fleet.takeUnsaved().states.length, [...fleet.takeChanges()].length];
  waiting();
  const header = { source: 'api', organization: 'acme', device: 'ninja:1', receivedAt: builtAt };
  const pending = { type: 'reboot.pending', data: {} } as const;
  fleet.apply([{ ...header, ...pending, dedupKey: '1', occurredAt: builtAt }], 2);
  expect([fleet.seq, ...waiting()]).toEqual([2, 0, 0]);
  fleet.apply([{ ...header, ...pending, dedupKey: '2', occurredAt: builtAt - 900 }], 3);
  fleet.apply([{ ...header, type: 'reboot.started', data: {}, dedupKey: '3', occurredAt: builtAt }], 4);
  expect([fleet.seq, ...waiting()]).toEqual([4, 1, 1]);
});
