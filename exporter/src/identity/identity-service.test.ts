import { describe, expect, it } from 'vitest';
import { deviceKey } from '../domain/device.ts';
import { defaultPolicy } from '../domain/policy.ts';
import { Fleet } from '../fleet/fleet.ts';
import { SourceBoard } from '../fleet/source-board.ts';
import type { PatchStore } from '../store/patch-store.ts';
import { PrometheusError, type PrometheusClient } from '../watcher/prometheus-client.ts';
import { aDevice, aWindow, builtAt } from '../../test/support/builders.ts';
import { IdentityService } from './identity-service.ts';
import type { InstanceTemplate } from './match.ts';

const key = deviceKey('ninja', '1');
const other = deviceKey('ninja', '2');

/** A fleet of two; one was matched by discovery before the restart, and is inside its quiet window. */
function setUp(templates: ReadonlyMap<string, InstanceTemplate> = new Map(), perOrganization = false) {
  const clock = { now: () => builtAt };
  const policy = () => defaultPolicy.compliance;
  const fleet = new Fleet({ clock, sources: new SourceBoard(), policy, perOrganization: () => perOrganization });
  const state = aDevice({ key });
  fleet.restore([state, aDevice({ facts: { vendorId: '2' } })], 1);
  fleet.restoreWindows([aWindow({ device: key, instance: 'srv-1:9100' })]);
  let targets: Awaited<ReturnType<PrometheusClient['targets']>> | undefined;
  const client: PrometheusClient = {
    name: 'main',
    organizationLabel: null,
    alerts: () => Promise.resolve([]),
    query: () => Promise.resolve([]),
    targets: () =>
      targets === undefined ? Promise.reject(new PrometheusError('unavailable', 'down')) : Promise.resolve(targets),
  };
  const service = new IdentityService({
    fleet,
    store: { listMappings: () => Promise.resolve(new Map()) } as Partial<PatchStore> as PatchStore,
    clients: () => [client],
    options: () => ({ map: new Map(), templates, perOrganization, discovery: true, jobs: /^/ }),
  });
  return {
    fleet,
    service,
    answer: (found: typeof targets) => {
      targets = found;
    },
  };
}

describe('after a restart while Prometheus does not answer', () => {
  it('does not lend a device the instance it had in another organization', () => {
    const policy = () => defaultPolicy.compliance;
    const clock = { now: () => builtAt };
    const fleet = new Fleet({ clock, sources: new SourceBoard(), policy, perOrganization: () => true });
    fleet.restore([aDevice({ key })], 1);
    fleet.restoreWindows([aWindow({ device: key, instance: 'srv-1:9100', organization: 'before-the-move' })]);
    expect(fleet.get(key)?.identity.status).toBe('unmatched');
    expect(fleet.openWindows()).toHaveLength(1);
  });

  it('keeps the device of an open window matched, however often the fleet is matched anew', async () => {
    const { fleet, service } = setUp();
    expect(await service.discover()).toHaveLength(1);
    await service.match();
    expect(fleet.muteableInstance(key)).toBe('srv-1:9100');
  });

  it('matches what needs no Prometheus, so that service discovery does not hand out an empty fleet', async () => {
    const { fleet, service } = setUp(new Map([['ninja', { template: '{{displayName}}:9182', lowerCase: true }]]));
    await service.discover();
    expect(fleet.get(other)?.identity).toEqual({ status: 'matched', instance: 'srv-2:9182', by: 'template' });
  });

  it('lets go of it when Prometheus answers and knows no such machine', async () => {
    const { fleet, service, answer } = setUp();
    await service.discover();
    answer([]);
    await service.discover();
    expect(fleet.muteableInstance(key)).toBeUndefined();
  });
});

describe('candidates for a mapping by hand', () => {
  const targets = ['acme', 'globex', undefined].map((organization) => ({
    ...(organization === undefined ? {} : { organization }),
    labels: { instance: `srv-2.${organization ?? 'nobody'}:9182`, job: 'windows' },
    discoveredLabels: {},
  }));

  it.each([
    [true, ['srv-2.acme:9182']],
    [false, ['srv-2.acme:9182', 'srv-2.globex:9182', 'srv-2.nobody:9182']],
  ])('are those of the organization of the device, where targets say whose they are: %s', async (apart, instances) => {
    const { service, answer } = setUp(new Map(), apart);
    answer(targets);
    await service.discover();
    expect(service.candidates(other).candidates.map(({ instance }) => instance)).toEqual(instances);
    expect(service.candidates('ninja:gone').candidates).toEqual([]);
  });
});

describe('a fleet that goes on while it is matched', () => {
  const target = (instance: string, organization?: string) => ({
    ...(organization === undefined ? {} : { organization }),
    labels: { instance, job: 'node' },
    discoveredLabels: {},
  });

  it('is matched again when a device moved to another organization meanwhile, and never by what it was before', async () => {
    const { fleet, service, answer } = setUp(new Map(), true);
    answer([target('srv-2.example.com', 'acme'), target('srv-2.example.com', 'globex')]);
    const before = fleet.state(other);
    if (before === undefined) throw new Error('no such device');
    expect(before.facts.organization).toBe('acme');
    const matching = service.discover();
    const move = fleet.updateIdentities.bind(fleet);
    let calls = 0;
    fleet.updateIdentities = (...args) => {
      calls += 1;
      if (calls === 1) fleet.restore([{ ...before, facts: { ...before.facts, organization: 'globex' } }], 2);
      return move(...args);
    };
    await matching;
    expect(calls).toBe(2);
    expect(fleet.byInstance('globex', 'srv-2.example.com')?.state.key).toBe(other);
    expect(fleet.byInstance('acme', 'srv-2.example.com')).toBeUndefined();
  });

  it('is not matched again for a device that nobody can match, until it says something new', async () => {
    const { fleet, service } = setUp();
    expect(await service.matchNew([other])).toBe(true);
    expect(await service.matchNew([other])).toBe(false);
    const state = fleet.state(other);
    if (state === undefined) throw new Error('no such device');
    fleet.restore([{ ...state, facts: { ...state.facts, instance: 'srv-2:9100' } }], 2);
    expect(await service.matchNew([other])).toBe(true);
    expect(fleet.muteableInstance(other)).toBe('srv-2:9100');
    expect(await service.matchNew([other])).toBe(false);
  });
});
