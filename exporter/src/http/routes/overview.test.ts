import { afterEach, describe, expect, it } from 'vitest';
import { type ApiWorld, type RunningApi, startApi } from '../../../test/support/api.ts';
import { aDevice, aFleet, aPatch, aSource, aView, builtAt } from '../../../test/support/builders.ts';
import type { DeviceFacts } from '../../domain/device.ts';
import type { DevicePatch } from '../../domain/patch.ts';
import type { DeviceView } from '../../fleet/fleet-view.ts';

let api: RunningApi;
afterEach(() => api.close());

async function ask<T>(world: ApiWorld, path: string, organizations: 'all' | readonly string[] = 'all'): Promise<T> {
  api = await startApi(world);
  return (await api.get(`/api/v1${path}`, api.token('viewer', organizations))).json() as Promise<T>;
}

const day = 86_400;
const device = (vendorId: string, facts: Partial<DeviceFacts> = {}, state: { rebootPendingSince?: number } = {}) =>
  aView({ state: aDevice({ ...state, facts: { vendorId, displayName: vendorId, patches: [], ...facts } }) });
const critical = (id: string, daysAgo: number) =>
  aPatch({ id, severity: 'critical', status: 'missing', firstSeenAt: builtAt - daysAgo * day });

describe('updates', () => {
  const views: readonly DeviceView[] = [
    device('1', { patches: [critical('KB1', 30), aPatch({ id: 'KB2', status: 'failed' })] }),
    device('2', { site: 'Paris', patches: [aPatch({ id: 'KB2', status: 'failed', severity: 'low' })] }),
    device('3', {
      organization: 'globex',
      os: { name: 'Debian 12', family: 'linux' },
      patches: [aPatch({ id: 'KB2', status: 'missing', firstSeenAt: builtAt - day }), aPatch({ id: 'KB3' })],
    }),
  ];
  interface Page {
    readonly items: readonly { readonly id: string }[];
    readonly total: number;
    readonly nextCursor: string | null;
  }

  it.each([
    ['', ['KB2', 'KB1']],
    ['?sort=oldest', ['KB1', 'KB2']],
    ['?sort=failed', ['KB2', 'KB1']],
    ['?sort=severity', ['KB1', 'KB2']],
    ['?severity=critical,low', ['KB1']],
    ['?status=failed', ['KB2']],
    ['?site=Paris', ['KB2']],
    ['?open=false&text=kb3', ['KB3']],
  ])('list %s', async (query, ids) => {
    const page = await ask<Page>({ views }, `/updates${query}`);
    expect(page.items.map(({ id }) => id)).toEqual(ids);
    expect(page.total).toBe(ids.length);
  });

  it('puts by severity, and of equals the oldest, first; what nobody has rated comes right after important', async () => {
    const missing = (id: string, severity: DevicePatch['severity'], daysAgo?: number) =>
      aPatch({
        id,
        severity,
        status: 'missing',
        ...(daysAgo !== undefined && { firstSeenAt: builtAt - daysAgo * day }),
      });
    const patches = [
      missing('driver', 'optional', 300),
      missing('young', 'critical', 1),
      missing('old', 'critical', 30),
      missing('undated', 'critical'),
      missing('unrated', 'unspecified', 2),
      missing('known', 'important', 1),
      missing('lesser', 'moderate', 90),
    ];
    const page = await ask<Page>({ views: [device('1', { patches })] }, '/updates?sort=severity');
    expect(page.items.map(({ id }) => id)).toEqual(['old', 'young', 'undated', 'known', 'unrated', 'lesser', 'driver']);
  });

  it('pages by the order asked for, and refuses the cursor of another', async () => {
    const first = await ask<Page>({ views }, '/updates?sort=oldest&limit=1');
    const token = api.token('viewer');
    const next = await api.get(`/api/v1/updates?sort=oldest&limit=1&cursor=${first.nextCursor ?? ''}`, token);
    expect(await next.json()).toMatchObject({ items: [{ id: 'KB2' }], nextCursor: null });
    const other = await api.get(`/api/v1/updates?sort=failed&limit=1&cursor=${first.nextCursor ?? ''}`, token);
    expect(other.status).toBe(400);
  });

  it('tells where one hurts, worst first', async () => {
    expect(await ask({ views }, '/updates/KB2')).toMatchObject({
      devices: { failed: 2, missing: 1 },
      openDevices: 3,
      organizations: {
        rows: [
          { organization: 'acme', openDevices: 2, devices: { failed: 2 } },
          { organization: 'globex', openDevices: 1, devices: { missing: 1 } },
        ],
        more: 0,
      },
      sites: {
        rows: [
          { organization: 'acme', site: 'Berlin' },
          { organization: 'acme', site: 'Paris' },
          { organization: 'globex', site: 'Berlin' },
        ],
      },
      operatingSystems: { rows: [{ os: 'Windows Server 2022', openDevices: 2 }, { os: 'Debian 12' }] },
    });
  });

  it('shows an organization its own places, and nothing of an update it does not have', async () => {
    expect(await ask({ views }, '/updates/KB2', ['acme'])).toMatchObject({
      organizations: { rows: [{}] },
      openDevices: 2,
    });
    await api.close();
    expect(await ask({ views }, '/updates/KB3', ['acme'])).toMatchObject({ status: 404 });
  });
});

describe('compliance', () => {
  it('counts devices that lack critical updates, failed or wait, with the oldest of each', async () => {
    const views = [
      device('1', { patches: [critical('KB1', 3), critical('KB2', 9)] }, { rebootPendingSince: builtAt - 500 }),
      device(
        '2',
        { patches: [critical('KB1', 4), aPatch({ status: 'failed' })] },
        { rebootPendingSince: builtAt - 900 },
      ),
      device('3', { rebootPending: false }),
    ];
    expect(await ask({ views }, '/compliance')).toMatchObject({
      rows: [
        {
          devices: 3,
          missingCritical: 2,
          oldestMissingCriticalAt: '2026-03-01T02:00:00.000Z',
          failed: 1,
          rebootPending: 2,
          oldestRebootPendingAt: '2026-03-10T01:45:00.000Z',
        },
      ],
    });
  });
});

describe('topology', () => {
  interface Topology {
    readonly nodes: readonly { readonly id: string; readonly failed: number; readonly compliant: number }[];
    readonly edges: readonly { readonly from: string; readonly to: string }[];
  }
  const site = 'site/["acme","Berlin"]';

  it('hangs a virtual machine below its host, parents first', async () => {
    const views = [device('1', { parentVendorId: '2' }), device('2', { patches: [aPatch({ status: 'failed' })] })];
    const { nodes, edges } = await ask<Topology>({ views }, '/topology?depth=device');
    expect(nodes.map(({ id }) => id)).toEqual(['organization/acme', site, 'device/ninja:2', 'device/ninja:1']);
    expect(nodes[0]).toMatchObject({ devices: 2, failed: 1, compliant: 2 });
    expect(edges).toEqual([
      { from: 'organization/acme', to: site },
      { from: site, to: 'device/ninja:2' },
      { from: 'device/ninja:2', to: 'device/ninja:1' },
    ]);
  });

  it.each([
    ['itself', [device('1', { parentVendorId: '1' })]],
    [
      'a device of another organization',
      [device('1', { parentVendorId: '2' }), device('2', { organization: 'globex' })],
    ],
    ['a device nobody knows', [device('1', { parentVendorId: '9' })]],
    [
      'a device of another site, which is filtered away',
      [device('1', { parentVendorId: '2' }), device('2', { site: 'Paris' })],
    ],
  ])('keeps a device below its site when its parent is %s', async (_name, views) => {
    const { edges } = await ask<Topology>({ views }, '/topology?depth=device&organization=acme&site=Berlin');
    expect(edges).toContainEqual({ from: site, to: 'device/ninja:1' });
  });

  it('makes no circle of devices that name each other', async () => {
    const views = [device('1', { parentVendorId: '2' }), device('2', { parentVendorId: '1' })];
    const { edges } = await ask<Topology>({ views }, '/topology?depth=device');
    expect(edges.filter(({ to }) => to.startsWith('device/'))).toHaveLength(2);
    expect(edges.filter(({ from }) => from === site)).toHaveLength(1);
  });
});

describe('candidates', () => {
  const candidates = [{ instance: 'a:9182', because: 'host_name' as const }];
  const world = (perOrganization: boolean): ApiWorld => ({
    views: [
      aView({ state: aDevice({ facts: { vendorId: '1' } }), identity: { status: 'unmatched' } }),
      aView({
        state: aDevice({ facts: { vendorId: '2' } }),
        identity: { status: 'matched', instance: 'a:9182', by: 'discovery' },
      }),
    ],
    deps: { mappings: { set: () => Promise.resolve(), candidates: () => ({ candidates, perOrganization }) } },
  });

  it('says which device has an instance already', async () => {
    expect(await ask(world(true), '/devices/ninja:1/candidates', ['acme'])).toEqual({
      items: [{ instance: 'a:9182', because: 'host_name', device: 'ninja:2' }],
      more: 0,
    });
  });

  it('lists nothing to one organization where targets do not say whose they are', async () => {
    expect(await ask(world(false), '/devices/ninja:1/candidates', ['acme'])).toEqual({ items: [], more: 0 });
    await api.close();
    expect(await ask(world(false), '/devices/ninja:1/candidates')).toMatchObject({ items: [{ instance: 'a:9182' }] });
  });
});

describe('sources', () => {
  it('tells a caller of one organization that a read is under way, and no number of it', async () => {
    const views = [device('1')];
    const reading = { since: builtAt - 4, what: 'devices', count: 4000 };
    const world = { views, deps: { fleet: aFleet(views, [aSource({ reading })]) } };
    const since = '2026-03-10T01:59:56.000Z';
    expect(await ask(world, '/sources', ['acme'])).toMatchObject({
      items: [{ reading: { since, what: null, count: null } }],
    });
    await api.close();
    expect(await ask(world, '/sources')).toMatchObject({
      items: [{ reading: { since, what: 'devices', count: 4000 } }],
    });
  });
});
