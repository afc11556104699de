import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSlicer } from '../fleet/slicer.ts';
import type { DeviceState } from '../domain/device.ts';
import { hostPart, targetIdentities } from './discovery.ts';
import { matchFleet, type IdentityRules, type TargetIdentity } from './match.ts';

function device(id: string, facts: Partial<DeviceState['facts']>): DeviceState {
  return {
    key: `ninja:${id}`,
    source: 'ninja',
    facts: {
      vendorId: id,
      organization: 'larkspur',
      groups: [],
      tags: [],
      displayName: id,
      hostNames: [],
      ipAddresses: [],
      ...facts,
    },
    observedAt: 1,
    removed: false,
    planned: [],
  };
}
const target = (
  instance: string,
  names: string[],
  organization?: string,
  addresses: string[] = [],
): TargetIdentity => ({
  instance,
  names,
  addresses,
  ...(organization === undefined ? {} : { organization }),
});
const rules = (overrides: Partial<IdentityRules> = {}): IdentityRules => ({
  mappings: new Map(),
  templates: new Map(),
  perOrganization: true,
  ...overrides,
});
const match = (devices: Iterable<DeviceState>, targets: readonly TargetIdentity[], by: IdentityRules) =>
  matchFleet(devices, targets, by, createSlicer(4));
const one = async (d: DeviceState, targets: TargetIdentity[], overrides: Partial<IdentityRules> = {}) =>
  (await match([d], targets, rules(overrides))).get(d.key);

describe('matchFleet', () => {
  it('joins by host name inside the organization', async () => {
    const found = await one(device('1', { hostNames: ['FS01', 'fs01.larkspur.local'] }), [
      target('10.0.0.1:9182', ['fs01'], 'larkspur'),
      target('10.9.9.9:9182', ['fs01'], 'harbor'),
    ]);
    expect(found).toEqual({ status: 'matched', instance: '10.0.0.1:9182', by: 'discovery' });
  });
  it('does not join a target that does not say whose it is, when organizations are told apart', async () => {
    expect(await one(device('1', { hostNames: ['fs01'] }), [target('a:1', ['fs01'])])).toEqual({ status: 'unmatched' });
  });
  it('takes two candidates for none', async () => {
    const found = await one(device('1', { hostNames: ['fs01'] }), [
      target('a:1', ['fs01'], 'larkspur'),
      target('b:1', ['fs01'], 'larkspur'),
    ]);
    expect(found).toEqual({ status: 'ambiguous', candidates: ['a:1', 'b:1'] });
  });
  it('takes two devices that claim one instance for no match at all', async () => {
    const both = await match(
      [device('1', { hostNames: ['fs01'] }), device('2', { hostNames: ['fs01'] })],
      [target('a:1', ['fs01'], 'larkspur')],
      rules(),
    );
    expect([...both.values()].map((identity) => identity.status)).toEqual(['ambiguous', 'ambiguous']);
  });
  it('lets full names decide where both sides have one', async () => {
    const d = device('1', { hostNames: ['FS01', 'fs01.a.local'] });
    expect((await one(d, [target('x:1', ['fs01.b.local'], 'larkspur')]))?.status).toBe('unmatched');
    expect((await one(d, [target('x:1', ['fs01.a.local'], 'larkspur')]))?.status).toBe('matched');
  });
  it('falls back to the IP address', async () => {
    const d = device('1', { displayName: 'nas', ipAddresses: ['10.0.0.7'] });
    expect(await one(d, [target('10.0.0.7:9100', [], 'larkspur', ['10.0.0.7'])])).toMatchObject({
      instance: '10.0.0.7:9100',
    });
  });
  it('prefers the mapping, then the source, then the template', async () => {
    const d = device('1', { hostNames: ['FS01'], instance: 'said' });
    const templates = new Map([
      ['ninja', { template: '{{systemName}}:9182', lowerCase: true, domainSuffix: 'corp.local' }],
    ]);
    expect(await one(d, [], { templates, mappings: new Map([['ninja:1', 'mapped']]) })).toMatchObject({
      instance: 'mapped',
    });
    expect(await one(d, [], { templates })).toMatchObject({ instance: 'said', by: 'source' });
    expect(await one(device('2', { hostNames: ['FS02'] }), [], { templates })).toMatchObject({
      instance: 'fs02.corp.local:9182',
    });
  });

  it('does not take a device that comes twice for a rival of itself', async () => {
    const d = device('1', { instance: 'said' });
    expect((await match([d, d], [], rules())).get(d.key)).toMatchObject({ status: 'matched', instance: 'said' });
  });

  it('gives one instance to at most one device of an organization, on any fleet', async () => {
    const name = fc.constantFrom('a', 'b', 'c', 'a.x', 'b.x');
    const organization = fc.constantFrom('o1', 'o2');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ hostNames: fc.array(name, { maxLength: 2 }), organization }), { maxLength: 6 }),
        fc.array(fc.record({ names: fc.array(name, { maxLength: 2 }), organization }), { maxLength: 6 }),
        fc.boolean(),
        async (devices, targets, perOrganization) => {
          const fleet = devices.map((facts, i) => device(String(i), facts));
          const matched = await match(
            fleet,
            targets.map((t, i) => target(`i${String(i)}`, t.names, t.organization)),
            rules({ perOrganization }),
          );
          const claims = fleet.flatMap((d) => {
            const identity = matched.get(d.key);
            if (identity?.status !== 'matched') return [];
            if (perOrganization)
              expect(targets[Number(identity.instance.slice(1))]?.organization).toBe(d.facts.organization);
            return [`${perOrganization ? d.facts.organization : ''} ${identity.instance}`];
          });
          expect(new Set(claims).size).toBe(claims.length);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('targetIdentities', () => {
  it('gathers names and addresses of a target and leaves other jobs out', () => {
    const found = targetIdentities({
      jobs: /^(node|windows)$/,
      targets: [
        {
          labels: { job: 'node', instance: 'web-01:9100' },
          discoveredLabels: { __address__: '10.0.0.5:9100' },
          organization: 'o',
        },
        {
          labels: { job: 'app', instance: 'web-01:8080' },
          discoveredLabels: { __address__: '10.0.0.5:8080' },
          organization: 'o',
        },
      ],
      hostSeries: [
        { labels: { job: 'node', instance: 'web-01:9100', nodename: 'WEB-01.corp.local' }, organization: 'o' },
      ],
    });
    expect(found).toEqual([
      { instance: 'web-01:9100', organization: 'o', names: ['web-01', 'web-01.corp.local'], addresses: ['10.0.0.5'] },
    ]);
  });
  it.each([
    ['web:9100', 'web'],
    ['[fe80::1]:9100', 'fe80::1'],
    ['fe80::1', 'fe80::1'],
    ['https://web.example/health', 'web.example'],
    ['web', 'web'],
  ])('reads the host of %s', (address, host) => {
    expect(hostPart(address)).toBe(host);
  });
});
