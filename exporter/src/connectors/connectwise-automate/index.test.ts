import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeConnectorContract } from '../../../test/contract/connector-contract.ts';
import { createHttpMock, type MockRoute } from '../../../test/support/http-mock.ts';
import type { DeviceFacts } from '../../domain/device.ts';
import { connectWiseAutomateConnector } from './index.ts';

/** 15:05 in Berlin. */
const now = Date.parse('2026-08-11T13:05:00Z') / 1000;
const api = '/cwa/api/v1';
const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`__fixtures__/${name}.json`, import.meta.url), 'utf8'));

const token: MockRoute = { method: 'POST', path: `${api}/apitoken`, body: fixture('token'), times: Infinity };
const clock = (text = '2026-08-11T15:04:58'): MockRoute => ({
  path: `${api}/DatabaseServerTime`,
  body: JSON.stringify(text),
  times: Infinity,
});
const computers = (after: number, body: unknown): MockRoute => ({
  path: `${api}/Computers`,
  query: { condition: `Id > ${String(after)}` },
  body,
  times: Infinity,
});
const updates = (id: number, body: unknown, stats: unknown = fixture('patching-stats')): MockRoute[] => [
  { path: `${api}/Computers/${String(id)}/MicrosoftUpdates`, body, times: Infinity },
  { path: `${api}/Computers/${String(id)}/PatchingStats`, body: stats, times: Infinity },
];
const fresh = { NoPatchInventory: false, MissingPatchCount: 0 };

const whole = [
  token,
  clock(),
  computers(0, fixture('computers.page-1')),
  computers(1190, fixture('computers.page-2')),
  computers(2001, []),
  ...updates(1187, fixture('microsoft-updates')),
  ...updates(2001, [], fresh),
];

function prepare(routes: readonly MockRoute[], options: Record<string, unknown> = {}) {
  const http = createHttpMock(routes);
  const time = { now };
  const connector = connectWiseAutomateConnector.create(
    {
      baseUrl: 'https://automate.example',
      clientId: 'the-client-id',
      userName: 'integrator',
      userPassword: 'a-very-secret-password',
      timeZone: 'Europe/Berlin',
      approvalWords: { pilot: 'approved' },
      http: { timeoutSeconds: 0.05, burst: 100 },
      ...options,
    },
    {
      id: 'cwa',
      organizationKey: (id, name) => `${name.toLowerCase().replaceAll(' ', '-')}#${id}`,
      fetch: http.fetch,
      clock: { now: () => time.now },
      sleep: (_ms, signal) => (signal?.aborted === true ? Promise.reject(new Error('aborted')) : Promise.resolve()),
      random: () => 0,
    },
  );
  return { connector, http, time };
}

const utc = (text: string): number => Date.parse(text) / 1000;

const expectedDevices: readonly DeviceFacts[] = [
  {
    vendorId: '1187',
    organization: 'harbor-freightways#14',
    site: 'Portside',
    groups: ['Server'],
    tags: ['ring=2', 'sql'],
    displayName: 'Harbor SQL',
    hostNames: ['HBR-SQL01', 'HBR-SQL01.harbor.local'],
    ipAddresses: ['10.31.0.8'],
    os: { name: 'Microsoft Windows Server 2019 Standard x64', build: '10.0.17763.6189', family: 'windows' },
    lastSeenAt: utc('2026-08-11T11:00:41Z'),
    lastBootAt: utc('2026-08-04T01:11:09Z'),
    rebootPending: true,
    patches: [
      {
        id: 'KB5040430',
        title: '2026-07 Cumulative Update',
        severity: 'important',
        kind: 'security',
        status: 'installed',
        installedAt: utc('2026-07-16T00:40:00Z'),
      },
      {
        id: 'KB5040999',
        title: 'Servicing stack (KB5040999)',
        severity: 'unspecified',
        kind: 'other',
        status: 'failed',
        installedAt: utc('2026-08-06T00:31:07Z'),
      },
      {
        id: 'KB5041578',
        title: '2026-08 Cumulative Update for Windows Server 2019 (KB5041578)',
        severity: 'critical',
        kind: 'security',
        status: 'approved',
      },
      { id: 'c2f0-3', title: 'Printer driver', severity: 'unspecified', kind: 'driver', status: 'rejected' },
    ],
  },
  {
    vendorId: '1190',
    organization: 'harbor-freightways#14',
    groups: ['Server'],
    tags: [],
    displayName: 'hbr-web1',
    hostNames: ['hbr-web1'],
    ipAddresses: [],
    os: { name: 'Ubuntu 24.04', family: 'linux' },
  },
  {
    vendorId: '2001',
    organization: 'city-library#20',
    site: 'Main',
    groups: ['Workstation'],
    tags: [],
    displayName: 'LIB-WS7',
    hostNames: ['LIB-WS7'],
    ipAddresses: [],
    os: { name: 'Microsoft Windows 11 Pro x64', family: 'windows' },
    lastSeenAt: utc('2026-08-11T13:02:00Z'),
    lastBootAt: utc('2026-08-11T00:00:00Z'),
    rebootPending: false,
    patches: [],
  },
];

const one = (body: unknown, list: readonly MockRoute[] = updates(1187, [], fresh)) =>
  prepare([token, clock(), computers(0, body), computers(1188, []), ...list]);

describeConnectorContract({
  type: 'connectwise-automate',
  now,
  whole: () => prepare(whole),
  expectedDevices,
  empty: () => prepare([token, clock(), computers(0, [])]),
  oneMalformed: () => one(fixture('computers.one-malformed')),
  allMalformed: () => one(fixture('computers.all-malformed')),
  unknownStatus: () =>
    one(
      fixture('computers.one-malformed'),
      updates(1187, fixture('microsoft-updates.unknown-words'), { ...fresh, MissingPatchCount: 1 }),
    ),
  secrets: ['a-very-secret-password', 'eyJhbGci-first-token'],
  answering: (route) => prepare([token, clock(), { ...route, path: `${api}/Computers`, times: Infinity }]),
  tokenPaths: [`${api}/apitoken`],
});

const context = { clock: { now: () => now }, signal: new AbortController().signal, progress: () => undefined };

describe('tokens', () => {
  it('are asked for once, and go with the client id on every request', async () => {
    const { connector, http } = prepare(whole);
    await connector.collect?.(context);
    const [asked, ...more] = http.sent.filter(({ method }) => method === 'POST');
    expect(more).toEqual([]);
    expect(JSON.parse(asked?.body ?? '')).toEqual({ UserName: 'integrator', Password: 'a-very-secret-password' });
    expect(new Set(http.sent.map(({ headers }) => headers.get('clientid')))).toEqual(new Set(['the-client-id']));
    const gets = http.sent.filter(({ method }) => method === 'GET');
    expect(new Set(gets.map(({ headers }) => headers.get('authorization')))).toEqual(
      new Set(['Bearer eyJhbGci-first-token']),
    );
  });

  it('are renewed before they can have expired, whatever the expiry without a zone says', async () => {
    const refresh = { method: 'POST', path: `${api}/apitoken/refresh`, body: { AccessToken: 'second' } } as const;
    const { connector, http, time } = prepare([refresh, ...whole]);
    await connector.collect?.(context);
    time.now += 46 * 60;
    await connector.collect?.(context);
    expect(http.sent.find(({ url }) => url.pathname.endsWith('/refresh'))?.body).toBe('"eyJhbGci-first-token"');
    expect(http.sent.at(-1)?.headers.get('authorization')).toBe('Bearer second');
  });

  it('are asked for by password when they cannot be renewed', async () => {
    const refresh = { method: 'POST', path: `${api}/apitoken/refresh`, status: 401 } as const;
    const { connector, http, time } = prepare([refresh, ...whole]);
    await connector.collect?.(context);
    time.now += 46 * 60;
    await connector.collect?.(context);
    expect(http.sent.filter(({ url }) => url.pathname.endsWith('/apitoken'))).toHaveLength(2);
  });

  it('that never come because of a second factor are a refusal, though the server answers 200', async () => {
    const { connector } = prepare([{ ...token, body: fixture('token.two-factor') }]);
    await expect(connector.collect?.(context)).rejects.toMatchObject({ kind: 'auth', message: /second factor/ });
  });

  it('refused for want of a client id are a refusal', async () => {
    const { connector } = prepare([{ ...token, status: 401 }]);
    await expect(connector.collect?.(context)).rejects.toMatchObject({ kind: 'auth', status: 401 });
  });
});

describe('list parameters', () => {
  const full = (fixture('computers.page-1') as object[]).map((row) => ({ ...row, SystemUptime: 10, Tickets: [] }));
  const ignored = { path: `${api}/Computers`, body: full, times: Infinity };
  const inOptions = (after: number, body: unknown): MockRoute => ({
    path: `${api}/Computers`,
    query: { 'options.condition': `Id > ${String(after)}`, 'options.orderBy.name': 'Id', 'options.pageSize': '500' },
    body,
    times: Infinity,
  });

  it('are spelt the way the server understands, found out on the first page', async () => {
    const { connector, http } = prepare([
      token,
      clock(),
      inOptions(0, fixture('computers.page-1')),
      inOptions(1190, []),
      { ...ignored, query: { 'options.condition': null } },
      ...updates(1187, fixture('microsoft-updates')),
    ]);
    expect((await connector.collect?.(context))?.devices).toHaveLength(2);
    const flat = http.sent.filter(({ url }) => url.searchParams.has('condition'));
    expect(flat).toHaveLength(1);
  });

  it('ignored in both spellings fail the read by a reason of their own', async () => {
    const { connector } = prepare([token, clock(), ignored]);
    await expect(connector.collect?.(context)).rejects.toMatchObject({ kind: 'filter_ignored' });
  });

  it.each([
    ['more rows than the page was to have', { pageSize: 1 }, 'computers.page-1'],
    ['rows in another order', {}, undefined],
  ])('are known to be ignored by %s', async (_what, options, name) => {
    const rows = name === undefined ? [...(fixture('computers.page-1') as object[])].reverse() : fixture(name);
    const { connector } = prepare([token, clock(), { ...ignored, body: rows }], options);
    await expect(connector.collect?.(context)).rejects.toMatchObject({ kind: 'filter_ignored' });
  });

  it('ignored by a lookup fail it, instead of giving one computer the facts of another', async () => {
    const other = [(fixture('computers.page-2') as object[])[0]];
    const { connector } = prepare([token, clock(), { ...ignored, body: other }]);
    await expect(connector.lookup?.('1187', context)).rejects.toMatchObject({ kind: 'filter_ignored' });
  });
});

describe('times without a zone', () => {
  it('are unknown when nobody says which zone it is', async () => {
    const { connector, http } = prepare(whole, { timeZone: undefined });
    const snapshot = await connector.collect?.(context);
    expect(snapshot?.devices.map(({ lastBootAt, lastSeenAt }) => [lastBootAt, lastSeenAt])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
      [undefined, utc('2026-08-11T13:02:00Z')],
    ]);
    expect(snapshot?.dropped['time.no_zone']).toBeGreaterThan(0);
    expect(http.sent.filter(({ url }) => url.pathname.endsWith('/DatabaseServerTime'))).toEqual([]);
  });

  it('are unknown when the clock of the server contradicts the configured zone', async () => {
    const { connector } = prepare([clock('2026-08-11T13:05:00'), ...whole]);
    const snapshot = await connector.collect?.(context);
    expect(snapshot?.devices[0]).toMatchObject({ vendorId: '1187' });
    expect(snapshot?.devices[0]?.lastBootAt).toBeUndefined();
    expect(snapshot?.dropped).toEqual({ 'time.zone_contradicted': 1 });
  });

  it('follow the configuration where the server has no clock to ask', async () => {
    const { connector } = prepare([{ path: `${api}/DatabaseServerTime`, status: 404 }, ...whole]);
    expect((await connector.collect?.(context))?.devices[0]?.lastBootAt).toBe(utc('2026-08-04T01:11:09Z'));
  });
});

describe('an update list', () => {
  it.each([
    ['of a computer that was never inventoried', { NoPatchInventory: true, MissingPatchCount: 0 }, {}],
    ['without counts', {}, {}],
    ['shorter than the server counts', { NoPatchInventory: false, MissingPatchCount: 9 }, { 'patch.incomplete': 1 }],
  ])('%s is not the whole: unknown, not patched', async (_what, stats, dropped) => {
    const { connector } = one(fixture('computers.one-malformed'), updates(1187, [], stats));
    const snapshot = await connector.collect?.(context);
    expect(snapshot?.devices[0]?.patches).toBeUndefined();
    expect(snapshot?.dropped).toEqual({ 'device.malformed': 1, ...dropped });
  });
});

describe('lookup', () => {
  it('reads one computer by its id', async () => {
    const [row] = fixture('computers.page-1') as object[];
    const route = { path: `${api}/Computers`, query: { condition: 'Id = 1187' }, body: [row] };
    const { connector, http } = prepare([token, clock(), route, ...updates(1187, fixture('microsoft-updates'))]);
    const result = await connector.lookup?.('1187', context);
    expect(result?.facts).toEqual(expectedDevices[0]);
    expect(http.unexpected).toEqual([]);
  });

  it.each([
    ['the vendor does not know', '9', [{ path: `${api}/Computers`, body: [] }]],
    ['has an id that is none of this vendor’s', '1 or 1=1', []],
  ])('has no facts for a computer that %s', async (_what, id, routes) => {
    const { connector } = prepare([token, ...routes]);
    expect(await connector.lookup?.(id, context)).toEqual({ events: [], dropped: {}, unknownWords: {} });
  });
});
