import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeConnectorContract, type Prepared } from '../../../test/contract/connector-contract.ts';
import { createHttpMock, type MockRoute } from '../../../test/support/http-mock.ts';
import type { DeviceFacts } from '../../domain/device.ts';
import { ninjaOneConnector } from './index.ts';

const now = 1_786_442_060;
const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`__fixtures__/${name}.json`, import.meta.url), 'utf8'));

const token: MockRoute = { method: 'POST', path: '/ws/oauth/token', body: fixture('token'), times: Infinity };
const list = (path: string, ...pages: unknown[]): MockRoute[] =>
  [...pages, []].map((body) => ({ path: `/v2/${path}`, body }));
const report = (name: string, ...pages: unknown[]): MockRoute[] =>
  [...pages, fixture('report.empty')].map((body) => ({ path: `/v2/queries/${name}`, body }));

interface Vendor {
  readonly devices?: readonly unknown[];
  readonly patches?: readonly unknown[];
  readonly reports?: boolean;
}

function vendor({ devices = [], patches = [], reports = true }: Vendor): MockRoute[] {
  return [
    token,
    ...list('organizations', fixture('organizations')),
    ...list('locations', fixture('locations')),
    ...list('devices-detailed', ...devices),
    ...report('operating-systems', ...(reports ? [fixture('operating-systems')] : [])),
    ...report('device-health', ...(reports ? [fixture('device-health')] : [])),
    ...report('os-patches', ...patches),
    ...report('os-patch-installs', ...(reports ? [fixture('os-patch-installs')] : [])),
  ];
}

function prepare(routes: readonly MockRoute[], options: Record<string, unknown> = {}) {
  const http = createHttpMock(routes);
  const connector = ninjaOneConnector.create(
    {
      baseUrl: 'https://rmm.example',
      clientId: 'the-client',
      clientSecret: 'a-very-secret-secret',
      http: { timeoutSeconds: 0.05, burst: 100 },
      ...options,
    },
    {
      id: 'ninja',
      organizationKey: (id, name) => `${name.toLowerCase().replaceAll(' ', '-')}#${id}`,
      fetch: http.fetch,
      clock: { now: () => now },
      sleep: (_ms, signal) => (signal?.aborted === true ? Promise.reject(new Error('aborted')) : Promise.resolve()),
      random: () => 0,
    },
  );
  return { connector, http };
}

const wholeVendor = vendor({
  devices: [fixture('devices-detailed.page-1'), fixture('devices-detailed.page-2')],
  patches: [fixture('os-patches.page-1'), fixture('os-patches.page-2')],
});

const expectedDevices: readonly DeviceFacts[] = [
  {
    vendorId: '2207',
    organization: 'larkspur-dental-group#14',
    site: 'Main Office',
    groups: [],
    tags: ['ring:pilot'],
    displayName: 'LDG-FS01',
    hostNames: ['LDG-FS01', 'ldg-fs01.larkspur.local'],
    ipAddresses: ['10.20.4.11'],
    os: { name: 'Windows Server 2022 Standard Edition', build: '20348', family: 'windows' },
    lastSeenAt: 1786442005.482,
    lastBootAt: 1785843712,
    rebootPending: true,
    patches: [
      {
        id: '0d7a66c1-0000-4000-8000-000000000001',
        title: 'Intel - net - 12.19.2.60',
        severity: 'optional',
        kind: 'driver',
        status: 'approved',
      },
      {
        id: 'KB2267602',
        title: 'Security Intelligence Update (KB2267602)',
        severity: 'unspecified',
        kind: 'definition',
        status: 'missing',
      },
      {
        id: 'KB5041160',
        title: '2026-08 Cumulative Update for Microsoft server operating system version 21H2',
        severity: 'critical',
        kind: 'security',
        status: 'failed',
        installedAt: 1786420000,
      },
    ],
    maintenance: { start: 1786440800, end: 1786448000, reason: 'patch night' },
  },
  {
    vendorId: '2208',
    organization: 'kestrel-legal#20',
    groups: [],
    tags: [],
    displayName: 'kst-web01',
    hostNames: ['kst-web01'],
    ipAddresses: [],
    parentVendorId: '2207',
    os: { name: 'Ubuntu 24.04', build: '24.04', family: 'linux' },
    lastSeenAt: 1786400000,
    lastBootAt: 1780000000,
    rebootPending: false,
  },
  {
    vendorId: '2215',
    organization: 'kestrel-legal#20',
    groups: [],
    tags: ['ring:broad'],
    displayName: 'KST-WS15',
    hostNames: ['KST-WS15'],
    ipAddresses: ['10.30.1.15'],
    os: { name: 'Windows 11 Professional', build: '26100', family: 'windows' },
    lastSeenAt: 1786442001,
    patches: [
      { id: 'KB5039894', title: 'Servicing stack', severity: 'important', kind: 'other', status: 'installed' },
      {
        id: 'KB5040442',
        title: '2026-07 Cumulative Update',
        severity: 'important',
        kind: 'other',
        status: 'installed',
        installedAt: 1786400000,
      },
    ],
  },
];

const spoiled = (name: string, patches: readonly unknown[] = []): Prepared =>
  prepare(vendor({ devices: [fixture(name)], patches, reports: false }));

describeConnectorContract({
  type: 'ninjaone',
  now,
  whole: () => prepare(wholeVendor),
  expectedDevices,
  empty: () => prepare(vendor({ reports: false })),
  oneMalformed: () => spoiled('devices-detailed.one-malformed'),
  allMalformed: () => spoiled('devices-detailed.all-malformed'),
  unknownStatus: () => spoiled('devices-detailed.one-malformed', [fixture('os-patches.unknown-words')]),
  secrets: ['a-very-secret-secret', 'eyJ0eXAi-first-token'],
  answering: (route) => prepare([token, { ...route, path: '/v2/queries/os-patches', times: Infinity }]),
  tokenPaths: ['/ws/oauth/token'],
});

const context = { clock: { now: () => now }, signal: new AbortController().signal, progress: () => undefined };

describe('tokens', () => {
  it('sends the credentials in the body, asks once for many requests and carries the token', async () => {
    const { connector, http } = prepare(wholeVendor);
    await connector.collect?.(context);
    const asked = http.sent.filter(({ method }) => method === 'POST');
    expect(asked.map(({ body }) => Object.fromEntries(new URLSearchParams(body)))).toEqual([
      {
        grant_type: 'client_credentials',
        client_id: 'the-client',
        client_secret: 'a-very-secret-secret',
        scope: 'monitoring',
      },
    ]);
    const gets = http.sent.filter(({ method }) => method === 'GET');
    expect(new Set(gets.map(({ headers }) => headers.get('authorization')))).toEqual(
      new Set(['Bearer eyJ0eXAi-first-token']),
    );
    expect(gets.filter(({ url }) => url.href.includes('secret'))).toEqual([]);
  });

  it('asks for a new token once when one is refused before its time', async () => {
    const { connector, http } = prepare([
      { method: 'POST', path: '/ws/oauth/token', body: fixture('token') },
      { method: 'POST', path: '/ws/oauth/token', body: { access_token: 'second', expires_in: 3600 } },
      { path: '/v2/organizations', status: 401 },
      ...vendor({ reports: false }),
    ]);
    await connector.collect?.(context);
    expect(http.sent.at(-1)?.headers.get('authorization')).toBe('Bearer second');
  });

  it('names refused credentials auth', async () => {
    const { connector } = prepare([
      { method: 'POST', path: '/ws/oauth/token', status: 400, body: { error: 'invalid_client' } },
    ]);
    await expect(connector.collect?.(context)).rejects.toMatchObject({ kind: 'auth', status: 400 });
  });
});

describe('groups', () => {
  const groupRules = [
    { name: 'Pilot', tag: 'ring:pilot' },
    { name: 'Legal', policy: 'Legal override' },
    { name: 'Servers', role: '3' },
    { name: 'Wave 1', savedGroup: 'Ring: Test' },
    { name: 'Ghost', savedGroup: 'No such group' },
  ];
  const routes: MockRoute[] = [
    { path: '/v2/groups', body: [{ id: 21, name: 'Ring: Test' }] },
    {
      path: '/v2/policies',
      body: [
        { id: 90, name: 'Legal override' },
        { id: 58, name: 'Default' },
      ],
    },
    { path: '/v2/roles', body: [{ id: 3, name: 'Windows Server' }] },
    { path: '/v2/group/21/device-ids', body: [2215, 2207, 1] },
  ];

  it('come from tags, policies, roles and saved groups, and a name nobody has is counted', async () => {
    const { connector, http } = prepare([...wholeVendor, ...routes], { groups: groupRules });
    const snapshot = await connector.collect?.(context);
    expect(snapshot?.devices.map(({ groups }) => groups)).toEqual([
      ['Pilot', 'Servers', 'Wave 1'],
      ['Legal'],
      ['Wave 1'],
    ]);
    expect(snapshot?.dropped).toEqual({ 'group.not_found': 1 });
    expect(http.unused()).toEqual([]);
  });

  it('need exactly one selector', () => {
    expect(() => prepare([], { groups: [{ name: 'x', tag: 'a', role: 'b' }] })).toThrow(/exactly one/);
  });
});

describe('organizations', () => {
  const known = [{ id: 14, name: 'Larkspur Dental Group' }];
  const routes = vendor({ devices: [fixture('devices-detailed.page-1')], reports: false }).filter(
    ({ path }) => path !== '/v2/organizations',
  );

  it('that turn up between the two lists are asked for by id', async () => {
    const late = { path: '/v2/organization/20', body: { id: 20, name: 'Kestrel Legal' } };
    const { connector } = prepare([...list('organizations', known), late, ...routes]);
    const snapshot = await connector.collect?.(context);
    expect(snapshot?.devices.map(({ organization }) => organization)).toEqual([
      'larkspur-dental-group#14',
      'kestrel-legal#20',
    ]);
  });

  it('that the vendor does not know take their devices with them, counted', async () => {
    const { connector } = prepare([
      ...list('organizations', known),
      { path: '/v2/organization/20', status: 404 },
      ...routes,
    ]);
    const snapshot = await connector.collect?.(context);
    expect(snapshot?.devices.map(({ vendorId }) => vendorId)).toEqual(['2207']);
    expect(snapshot?.dropped).toEqual({ 'device.no_organization': 1 });
  });

  it('missing in numbers mean that the read is not whole', async () => {
    const strangers = Array.from({ length: 21 }, (_, i) => ({ id: i + 1, organizationId: 100 + i, nodeClass: 'MAC' }));
    const { connector } = prepare(vendor({ devices: [strangers], reports: false }));
    await expect(connector.collect?.(context)).rejects.toMatchObject({ kind: 'malformed' });
  });
});

describe('a read as a stream', () => {
  const pages = (vendorPages: readonly unknown[][]): MockRoute[] => [
    ...vendor({ devices: vendorPages, reports: false }).filter(({ path }) => path !== '/v2/organizations'),
    ...list('organizations', [{ id: 14, name: 'Larkspur Dental Group' }]),
  ];
  const machine = (id: number, organizationId: number) => ({ id, organizationId, nodeClass: 'MAC' });

  it('has read all that devices refer to when it asks for the first of them', async () => {
    const { connector, http } = prepare(wholeVendor);
    const stream = connector.stream?.(context);
    const first = await stream?.next();
    expect(first).toMatchObject({ done: false, value: [{ vendorId: '2207', rebootPending: true }, {}] });
    const paths = http.sent.map(({ url }) => url.pathname).filter((path) => path !== '/ws/oauth/token');
    expect([...new Set(paths)]).toEqual([
      '/v2/queries/os-patches',
      '/v2/queries/os-patch-installs',
      '/v2/queries/device-health',
      '/v2/queries/operating-systems',
      '/v2/organizations',
      '/v2/locations',
      '/v2/devices-detailed',
    ]);
    expect(paths.filter((path) => path === '/v2/devices-detailed')).toHaveLength(1);
  });

  it('asks once for an organization that was not listed, known to the vendor or not', async () => {
    const { connector, http } = prepare([
      ...pages([
        [machine(1, 14), machine(2, 20), machine(3, 21)],
        [machine(4, 20), machine(5, 21)],
      ]),
      { path: '/v2/organization/20', body: { id: 20, name: 'Kestrel Legal' } },
      { path: '/v2/organization/21', status: 404 },
    ]);
    const snapshot = await connector.collect?.(context);
    expect(snapshot?.devices.map(({ vendorId }) => vendorId)).toEqual(['1', '2', '4']);
    expect(snapshot?.dropped).toEqual({ 'device.no_organization': 2 });
    expect(http.unexpected).toEqual([]);
  });

  it('is no read when organizations are missing in numbers over all its pages', async () => {
    const strangers = Array.from({ length: 21 }, (_, i) => machine(i + 1, 100 + i));
    const answers = strangers.map(({ organizationId }) => ({
      path: `/v2/organization/${String(organizationId)}`,
      body: { id: organizationId, name: null },
    }));
    const { connector } = prepare([...pages([strangers.slice(0, 11), strangers.slice(11)]), ...answers]);
    await expect(connector.collect?.(context)).rejects.toMatchObject({ kind: 'malformed' });
  });
});

describe('lookup', () => {
  const [device] = fixture('devices-detailed.page-1') as unknown[];
  const installedNow = {
    id: 'row',
    kbNumber: 'KB5041160',
    name: 'Cumulative Update',
    status: 'INSTALLED',
    severity: 'CRITICAL',
    installedAt: now - 300,
  };
  const routes = (offline: boolean): MockRoute[] => [
    token,
    ...list('organizations', fixture('organizations')),
    ...list('locations', fixture('locations')),
    { path: '/v2/device/2207', body: { ...(device as object), offline }, times: 2 },
    { path: '/v2/device/2207/os-patches', body: null, times: 2 },
    { path: '/v2/device/2207/os-patch-installs', body: [installedNow], times: 2 },
    {
      path: '/v2/device/2207/activities',
      body: { lastActivityId: 1, activities: [fixture('activity.install-failed')] },
      times: 2,
    },
  ];

  it('says of a device that is down what was installed on it, though it reports no patches', async () => {
    const { connector, http } = prepare(routes(true));
    const result = await connector.lookup?.('2207', context);
    expect(result?.facts).toMatchObject({ vendorId: '2207', site: 'Main Office', rebootPending: true });
    expect(result?.facts?.patches).toBeUndefined();
    expect(result?.events.map(({ type, occurredAt }) => [type, occurredAt])).toEqual([
      ['patch.install.failed', 1786441660.2],
      ['patch.installed', now - 300],
    ]);
    expect(http.unexpected).toEqual([]);
  });

  it('uses the names of the last read for the next one', async () => {
    const { connector, http } = prepare(routes(true));
    await connector.lookup?.('2207', context);
    await connector.lookup?.('2207', context);
    expect(http.sent.filter(({ url }) => url.pathname === '/v2/organizations')).toHaveLength(2);
    expect(http.unexpected).toEqual([]);
  });

  it.each([
    ['the vendor does not know', '4711', [{ path: '/v2/device/4711', status: 404 }]],
    ['has an id that is none of this vendor’s', 'abc/../1', []],
    [
      'is no machine with an agent',
      '5',
      [{ path: '/v2/device/5', body: { id: 5, organizationId: 14, nodeClass: 'NMS_SWITCH' } }],
    ],
  ])('has no facts for a device that %s', async (_what, vendorId, more) => {
    const { connector } = prepare([token, ...more]);
    expect(await connector.lookup?.(vendorId, context)).toEqual({ events: [], dropped: {}, unknownWords: {} });
  });
});

describe('webhooks', () => {
  const body = fixture('webhook.system-rebooted') as Record<string, unknown>;
  const parse = (value: unknown) => prepare([]).connector.parseWebhook?.(value, now);

  it('carry one activity and share its key with the feed', () => {
    expect(parse(body)).toEqual([
      {
        dedupKey: 'activity:918273701',
        vendorDeviceId: '2207',
        occurredAt: 1786442320,
        type: 'reboot.completed',
        data: {},
      },
    ]);
  });

  it.each([
    ['a fractional time', { activityTime: 1786442320.5 }, 1786442320.5],
    ['milliseconds', { activityTime: 1786442320500 }, 1786442320.5],
    ['only the expanded device', { deviceId: null }, 1786442320],
  ])('may have %s', (_what, change, occurredAt) => {
    expect(parse({ ...body, ...change })).toMatchObject([{ vendorDeviceId: '2207', occurredAt }]);
  });

  it('give nothing for an activity about something else', () => {
    expect(parse({ ...body, statusCode: 'DISK_ADDED' })).toEqual([]);
  });

  it.each([
    ['nothing', undefined],
    ['a list', [body]],
    ['an activity without a time', { ...body, activityTime: undefined }],
    ['two different devices', { ...body, device: { id: 1 } }],
    ['another product’s payload', { alert: 'down' }],
  ])('are refused for %s', (_what, value) => {
    expect(() => parse(value)).toThrow(expect.objectContaining({ kind: 'malformed' }));
  });
});
