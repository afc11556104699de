import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeConnectorContract } from '../../../test/contract/connector-contract.ts';
import { createHttpMock, type MockRoute } from '../../../test/support/http-mock.ts';
import type { DeviceFacts } from '../../domain/device.ts';
import { dattoRmmConnector } from './index.ts';

const now = 1_786_452_060;
const path = '/api/v2/account/devices';
const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`__fixtures__/${name}.json`, import.meta.url), 'utf8'));

const token: MockRoute = { method: 'POST', path: '/auth/oauth/token', body: fixture('token'), times: Infinity };
const first = (name: string): MockRoute => ({ path, query: { max: '250', page: null }, body: fixture(name) });
const whole = [token, first('devices.page-1'), { path, query: { page: '1' }, body: fixture('devices.page-2') }];

function prepare(routes: readonly MockRoute[]) {
  const http = createHttpMock(routes);
  const pausesMs: number[] = [];
  const connector = dattoRmmConnector.create(
    {
      baseUrl: 'https://pinotage-api.centrastage.net',
      apiKey: 'the-key',
      apiSecret: 'a-very-secret-secret',
      tagsUdf: 3,
      http: { timeoutSeconds: 0.05 },
    },
    {
      id: 'datto',
      organizationKey: (id, name) => `${name.toLowerCase().replaceAll(' ', '-')}#${id.slice(-2)}`,
      fetch: http.fetch,
      clock: { now: () => now + pausesMs.reduce((a, b) => a + b, 0) / 1000 },
      sleep: (ms, signal) => {
        pausesMs.push(ms);
        return signal?.aborted === true ? Promise.reject(new Error('aborted')) : Promise.resolve();
      },
      random: () => 0,
    },
  );
  return { connector, http, pausesMs };
}

const expectedDevices: readonly DeviceFacts[] = [
  {
    vendorId: '6f1a0c1e-0000-4000-8000-000000000001',
    organization: 'larkspur-dental#14',
    groups: [],
    tags: ['ring:pilot', 'dc'],
    displayName: 'LDG-FS01',
    hostNames: ['LDG-FS01', 'LDG-FS01.larkspur.local'],
    ipAddresses: ['10.20.4.11'],
    os: { name: 'Microsoft Windows Server 2022 Standard 10.0.20348', build: '20348', family: 'windows' },
    lastSeenAt: 1_786_452_000,
    lastBootAt: Date.parse('2026-08-04T01:11:09Z') / 1000,
    rebootPending: true,
  },
  {
    vendorId: '6f1a0c1e-0000-4000-8000-000000000003',
    organization: 'kestrel-legal#20',
    groups: [],
    tags: [],
    displayName: 'kst-mac3',
    hostNames: ['kst-mac3'],
    ipAddresses: [],
    os: { name: 'Mac OS 15.6', family: 'macos' },
    rebootPending: false,
    patches: [],
  },
];

describeConnectorContract({
  type: 'datto-rmm',
  now,
  whole: () => prepare(whole),
  expectedDevices,
  empty: () => prepare([token, first('devices.empty')]),
  oneMalformed: () => prepare([token, first('devices.one-malformed')]),
  allMalformed: () => prepare([token, first('devices.all-malformed')]),
  unknownStatus: () => prepare([token, first('devices.one-malformed')]),
  secrets: ['a-very-secret-secret', 'eyJhbGci-first-token'],
  answering: (route) => prepare([token, { ...route, path, times: Infinity }]),
  tokenPaths: ['/auth/oauth/token'],
});

const context = { clock: { now: () => now }, signal: new AbortController().signal, progress: () => undefined };

describe('the fleet', () => {
  it('is not whole when the pages hold fewer devices than the vendor counts', async () => {
    const cut = { ...(fixture('devices.page-1') as object), pageDetails: { totalCount: 3, nextPageUrl: null } };
    const short = prepare([token, { path, body: cut }]);
    await expect(short.connector.collect?.(context)).rejects.toMatchObject({ kind: 'malformed' });
  });

  it('waits two minutes after a 429 that names no pause: who goes on is blocked', async () => {
    const { connector, pausesMs } = prepare([token, { path, status: 429 }, ...whole.slice(1)]);
    expect((await connector.collect?.(context))?.devices).toHaveLength(2);
    expect(pausesMs.reduce((a, b) => a + b, 0)).toBeGreaterThanOrEqual(120_000);
  });
});

describe('patch status', () => {
  const [device] = (fixture('devices.page-2') as { devices: object[] }).devices;
  const read = async (change: object) => {
    const body = { pageDetails: { nextPageUrl: null }, devices: [{ ...device, ...change }] };
    return await prepare([token, { path, body }]).connector.collect?.(context);
  };
  const counts = { patchesApprovedPending: 0, patchesNotApproved: 0 };

  it.each([
    ['of a device that is offline', { online: false }],
    ['with updates that wait', { patchManagement: { patchStatus: 'FullyPatched', ...counts, patchesNotApproved: 2 } }],
    ['without data', { patchManagement: { patchStatus: 'NoData', ...counts } }],
    ['of an install that failed', { patchManagement: { patchStatus: 'InstallError', ...counts } }],
    ['that is missing', { patchManagement: null }],
  ])('%s leaves the updates unknown', async (_what, change) => {
    expect((await read(change))?.devices[0]?.patches).toBeUndefined();
  });

  it('that contradicts the reboot flag leaves it unknown, counted', async () => {
    const snapshot = await read({ patchManagement: { patchStatus: 'RebootRequired', ...counts } });
    expect(snapshot?.devices[0]?.rebootPending).toBeUndefined();
    expect(snapshot?.unknownWords).toEqual({ 'device.reboot_contradiction': 1 });
  });
});

describe('lookup', () => {
  const uid = '6f1a0c1e-0000-4000-8000-000000000001';

  it('reads one device', async () => {
    const [body] = (fixture('devices.page-1') as { devices: unknown[] }).devices;
    const { connector } = prepare([token, { path: `/api/v2/device/${uid}`, body }]);
    expect((await connector.lookup?.(uid, context))?.facts).toEqual(expectedDevices[0]);
  });

  it.each([
    ['the vendor does not know', uid, [{ path: `/api/v2/device/${uid}`, status: 404 }]],
    ['has an id that is none of this vendor’s', '../account/users', []],
  ])('has no facts for a device that %s', async (_what, id, routes) => {
    const { connector } = prepare([token, ...routes]);
    expect(await connector.lookup?.(id, context)).toEqual({ events: [], dropped: {}, unknownWords: {} });
  });
});
