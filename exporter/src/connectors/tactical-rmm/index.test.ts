import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeConnectorContract } from '../../../test/contract/connector-contract.ts';
import { createHttpMock, type MockRoute } from '../../../test/support/http-mock.ts';
import type { DeviceFacts } from '../../domain/device.ts';
import { tacticalRmmConnector } from './index.ts';

const now = Date.parse('2026-08-11T13:05:00Z') / 1000;
const dc = 'kWzTqVbNcLxYpRmDfHgJsKaEoUiQwErT';
const sql = 'ZyXwVuTsRqPoNmLkJiHgFeDcBaZyXwVu';
const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`__fixtures__/${name}.json`, import.meta.url), 'utf8'));

const clients: MockRoute = { path: '/clients/', body: fixture('clients'), times: Infinity };
const agents = (client: string, body: unknown): MockRoute => ({
  path: '/agents/',
  query: { client, detail: 'true' },
  body,
  times: Infinity,
});
const updates = (agent: string, body: unknown): MockRoute => ({ path: `/winupdate/${agent}/`, body, times: Infinity });

const whole = [
  clients,
  agents('1', fixture('agents.client-1')),
  agents('2', fixture('agents.client-2')),
  updates(dc, fixture('winupdate')),
  updates(sql, []),
];

function prepare(routes: readonly MockRoute[], options: Record<string, unknown> = {}) {
  const http = createHttpMock(routes);
  const connector = tacticalRmmConnector.create(
    {
      baseUrl: 'https://api.rmm.example',
      apiKey: 'a-very-secret-key',
      timeZone: 'Europe/Berlin',
      tagsCustomField: 4,
      http: { timeoutSeconds: 0.05 },
      ...options,
    },
    {
      id: 'trmm',
      organizationKey: (id, name) => `${name.toLowerCase().replaceAll(' ', '-')}#${id}`,
      fetch: http.fetch,
      clock: { now: () => now },
      sleep: (_ms, signal) => (signal?.aborted === true ? Promise.reject(new Error('aborted')) : Promise.resolve()),
      random: () => 0,
    },
  );
  return { connector, http };
}

const expectedDevices: readonly DeviceFacts[] = [
  {
    vendorId: dc,
    organization: 'quayside-legal#1',
    site: 'HQ',
    groups: ['server'],
    tags: ['ring:2', 'dc'],
    displayName: 'QUAY-DC1',
    hostNames: ['QUAY-DC1'],
    ipAddresses: ['10.44.0.5'],
    os: { name: 'Windows Server 2022 Standard', build: '20348.2582', family: 'windows' },
    lastSeenAt: Date.parse('2026-08-11T13:04:31.120Z') / 1000,
    lastBootAt: 1784300912,
    rebootPending: true,
    patches: [
      { id: 'KB5039227', title: '.NET update', severity: 'unspecified', kind: 'other', status: 'failed' },
      {
        id: 'KB5040437',
        title: '2026-07 Cumulative Update',
        severity: 'critical',
        kind: 'security',
        status: 'installed',
        installedAt: Date.parse('2026-07-18T00:41:00Z') / 1000,
      },
      {
        id: 'KB5041160',
        title: '2026-08 Cumulative Update for Microsoft server operating system (KB5041160)',
        severity: 'critical',
        kind: 'security',
        status: 'approved',
      },
    ],
  },
  {
    vendorId: 'aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeF',
    organization: 'quayside-legal#1',
    site: 'HQ',
    groups: ['server'],
    tags: [],
    displayName: 'quay-web1',
    hostNames: ['quay-web1'],
    ipAddresses: [],
    os: { name: 'Debian 12 bookworm x86_64', family: 'linux' },
    lastSeenAt: Date.parse('2026-08-11T09:00:00Z') / 1000,
    rebootPending: false,
  },
  {
    vendorId: sql,
    organization: 'harbor-freightways#2',
    groups: ['server'],
    tags: [],
    displayName: 'HBR-SQL01',
    hostNames: ['HBR-SQL01'],
    ipAddresses: [],
    lastBootAt: 1786400000.5,
    patches: [],
  },
];

const noAgents = agents('2', []);

describeConnectorContract({
  type: 'tactical-rmm',
  now,
  whole: () => prepare(whole),
  expectedDevices,
  empty: () => prepare([clients, agents('1', []), noAgents]),
  oneMalformed: () => prepare([clients, agents('1', fixture('agents.one-malformed')), noAgents, updates(dc, [])]),
  allMalformed: () => prepare([clients, agents('1', fixture('agents.all-malformed')), noAgents]),
  unknownStatus: () =>
    prepare([
      clients,
      agents('1', fixture('agents.one-malformed')),
      noAgents,
      updates(dc, fixture('winupdate.unknown-words')),
    ]),
  secrets: ['a-very-secret-key'],
  answering: (route) => prepare([{ ...route, path: '/clients/', times: Infinity }]),
});

const context = { clock: { now: () => now }, signal: new AbortController().signal, progress: () => undefined };

describe('requests', () => {
  it('carry the key in a header and end in a slash', async () => {
    const { connector, http } = prepare(whole);
    await connector.collect?.(context);
    expect(new Set(http.sent.map(({ headers }) => headers.get('x-api-key')))).toEqual(new Set(['a-very-secret-key']));
    expect(http.sent.filter(({ url }) => !url.pathname.endsWith('/') || url.href.includes('secret'))).toEqual([]);
  });

  it('ask for no update list of an agent that is not Windows', async () => {
    const { connector, http } = prepare(whole);
    await connector.collect?.(context);
    expect(http.unexpected).toEqual([]);
  });
});

describe('a filter by client that the server ignores', () => {
  const everybody = [...(fixture('agents.client-1') as unknown[]), ...(fixture('agents.client-2') as unknown[])];

  it('fails the read by the names of other clients', async () => {
    const { connector } = prepare([clients, agents('1', everybody), agents('2', everybody)]);
    await expect(connector.collect?.(context)).rejects.toMatchObject({ kind: 'filter_ignored' });
  });

  it('fails the read where all clients are called the same', async () => {
    const twins = (fixture('clients') as object[]).map((client) => ({ ...client, name: 'Twin' }));
    const body = everybody.map((agent) => ({ ...(agent as object), client_name: 'Twin' }));
    const routes = [
      { ...clients, body: twins },
      agents('1', body),
      agents('2', body),
      updates(dc, []),
      updates(sql, []),
    ];
    await expect(prepare(routes).connector.collect?.(context)).rejects.toMatchObject({ kind: 'filter_ignored' });
  });
});

describe('update lists', () => {
  it('are asked for in turns, and a device that has not had its turn has unknown updates', async () => {
    const { connector, http } = prepare(whole, { updateListsPerRead: 1 });
    const known = async () =>
      (await connector.collect?.(context))?.devices.filter(({ patches }) => patches).map(({ vendorId }) => vendorId);
    expect(await known()).toEqual([dc]);
    expect(await known()).toEqual([dc, sql]);
    expect(http.sent.filter(({ url }) => url.pathname.startsWith('/winupdate/'))).toHaveLength(2);
  });

  it('that fail for one agent make its updates unknown, counted', async () => {
    const { connector } = prepare([...whole.slice(0, 4), { path: `/winupdate/${sql}/`, status: 404 }]);
    const snapshot = await connector.collect?.(context);
    expect(snapshot?.devices.map(({ patches }) => patches?.length)).toEqual([3, undefined, undefined]);
    expect(snapshot?.dropped).toMatchObject({ 'detail.unavailable': 1 });
  });

  it('date no install without the zone of the server, and say so', async () => {
    const { connector } = prepare(whole, { timeZone: undefined });
    const snapshot = await connector.collect?.(context);
    expect(snapshot?.devices[0]?.patches?.map(({ status }) => status)).toEqual(['failed', 'approved']);
    expect(snapshot?.devices[0]?.rebootPending).toBeUndefined();
    expect(snapshot?.dropped).toMatchObject({ 'time.no_zone': 2, 'device.reboot_unproven': 2 });
  });

  it('need a zone that exists', () => {
    expect(() => prepare([], { timeZone: 'Mars/Olympus' })).toThrow(/time zone/);
  });
});

describe('lookup', () => {
  const [agent] = fixture('agents.client-1') as object[];
  const page = { path: `/agents/${dc}/`, body: { ...agent, patches_last_installed: '2026-08-11T12:50:00Z' } };

  it('reads one agent with its updates and its newest install', async () => {
    const { connector, http } = prepare([clients, page, updates(dc, [])]);
    const result = await connector.lookup?.(dc, context);
    expect(result?.facts).toMatchObject({ vendorId: dc, organization: 'quayside-legal#1', rebootPending: true });
    expect(http.unexpected).toEqual([]);
  });

  it.each([
    ['the vendor does not know', dc, [{ path: `/agents/${dc}/`, status: 404 }]],
    ['has an id that is none of this vendor’s', '../clients', []],
  ])('has no facts for an agent that %s', async (_what, id, routes) => {
    expect(await prepare(routes).connector.lookup?.(id, context)).toEqual({
      events: [],
      dropped: {},
      unknownWords: {},
    });
  });

  it('gives an agent to nobody when two clients have the name of its own', async () => {
    const twins = [1, 2].map((id) => ({ id, name: 'Quayside Legal' }));
    const { connector } = prepare([{ path: '/clients/', body: twins }, page]);
    expect(await connector.lookup?.(dc, context)).toMatchObject({
      events: [],
      dropped: { 'device.no_organization': 1 },
    });
  });
});

describe('services of an agent', () => {
  it('calls an agent that cannot be reached unavailable, which the server tells by 400', async () => {
    const { connector } = prepare([
      { path: `/services/${dc}/`, status: 400, body: '"Unable to contact the agent"', times: Infinity },
    ]);
    const context = { clock: { now: () => now }, signal: new AbortController().signal, progress: () => undefined };
    await expect(connector.readServices?.(dc, context)).rejects.toMatchObject({ kind: 'unavailable', status: 400 });
  });
});
