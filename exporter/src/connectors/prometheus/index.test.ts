import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeConnectorContract, type Prepared } from '../../../test/contract/connector-contract.ts';
import { createHttpMock, type MockRoute } from '../../../test/support/http-mock.ts';
import type { DeviceFacts } from '../../domain/device.ts';
import { prometheusConnector } from './index.ts';

const now = 1_786_442_060;
const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`__fixtures__/${name}.json`, import.meta.url), 'utf8'));
const asked = (...names: string[]): MockRoute[] =>
  names.map((name) => ({ path: '/api/v1/query', body: fixture(name), headers: {} }));

function prepare(routes: readonly MockRoute[], options: Record<string, unknown> = {}, clock = now) {
  const http = createHttpMock(routes);
  const connector = prometheusConnector.create(
    {
      baseUrl: 'https://prometheus.example',
      bearerToken: 'a-very-secret-token',
      siteLabel: 'site',
      groupLabels: ['ring'],
      http: { timeoutSeconds: 0.05, burst: 100 },
      ...options,
    },
    {
      id: 'hosts',
      organizationKey: (id) => id,
      fetch: http.fetch,
      clock: { now: () => clock },
      sleep: (_ms, signal) => (signal?.aborted === true ? Promise.reject(new Error('aborted')) : Promise.resolve()),
      random: () => 0,
    },
  );
  return { connector, http };
}

const context = { clock: { now: () => now }, signal: new AbortController().signal, progress: () => undefined };
const collect = async ({ connector }: Prepared) => {
  const snapshot = await connector.collect?.(context);
  if (snapshot === undefined) throw new Error('it can be read');
  return snapshot;
};

const downReads = ['series.of-hosts-down', 'last-seen.of-hosts-down'];
const whole = asked('up', 'up.timestamps', 'kured', 'series', ...downReads);

const expectedDevices: readonly DeviceFacts[] = [
  {
    vendorId: 'acme/web-1:9100',
    organization: 'acme',
    site: 'Berlin',
    groups: ['Test'],
    tags: [],
    displayName: 'web-1',
    hostNames: ['web-1', 'web-1.acme.example'],
    ipAddresses: [],
    instance: 'web-1:9100',
    os: { name: 'Debian GNU/Linux 12 (bookworm)', family: 'linux', build: '6.1.0-37-amd64' },
    lastSeenAt: now - 5.5,
    lastBootAt: now - 86_400,
    rebootPending: true,
    patches: [
      { id: 'openssl', title: 'openssl 3.0.17', severity: 'unspecified', kind: 'security', status: 'missing' },
      { id: 'docker-ce', title: 'docker-ce 27.1.1', severity: 'unspecified', kind: 'software', status: 'rejected' },
      {
        id: 'curl',
        title: 'curl',
        severity: 'unspecified',
        kind: 'other',
        status: 'installed',
        installedAt: now - 4000,
      },
    ],
  },
  {
    vendorId: 'acme/10.0.0.7:9182',
    organization: 'acme',
    groups: [],
    tags: [],
    displayName: 'FS01',
    hostNames: ['FS01', 'FS01.acme.example'],
    ipAddresses: ['10.0.0.7'],
    instance: '10.0.0.7:9182',
    os: { name: 'Windows Server 2022 Standard', family: 'windows', build: '20348.2527' },
    lastSeenAt: now - 7,
    lastBootAt: 1_786_042_060.5,
    patches: [
      {
        id: 'KB5041160',
        title: '2026-08 Cumulative Update for Windows Server 2022 (KB5041160)',
        severity: 'critical',
        kind: 'security',
        status: 'missing',
      },
      {
        id: 'Intel Corporation - Bluetooth - 23.60.5.10',
        title: 'Intel Corporation - Bluetooth - 23.60.5.10',
        severity: 'unspecified',
        kind: 'driver',
        status: 'missing',
      },
    ],
  },
  {
    vendorId: 'beta/db-1:9100',
    organization: 'beta',
    groups: [],
    tags: [],
    displayName: 'db-1',
    hostNames: ['db-1'],
    ipAddresses: [],
    instance: 'db-1:9100',
    os: { name: 'Linux', family: 'linux', build: '5.14.0' },
    lastSeenAt: now - 120,
    lastBootAt: now - 90_000,
    rebootPending: true,
    patches: [],
  },
  {
    vendorId: 'beta/k8s-1:9100',
    organization: 'beta',
    groups: [],
    tags: [],
    displayName: 'k8s-1',
    hostNames: ['k8s-1'],
    ipAddresses: [],
    instance: 'k8s-1:9100',
    os: { name: 'Ubuntu 24.04.1 LTS', family: 'linux', build: '6.8.0' },
    lastSeenAt: now - 3,
    lastBootAt: now - 500_000,
    rebootPending: false,
    patches: [
      {
        id: 'apt:Ubuntu:noble/noble-security amd64',
        title: '3 updates from Ubuntu:noble/noble-security amd64',
        severity: 'unspecified',
        kind: 'security',
        status: 'missing',
      },
      {
        id: 'apt:Docker:noble/noble amd64',
        title: '1 update from Docker:noble/noble amd64',
        severity: 'unspecified',
        kind: 'software',
        status: 'missing',
      },
    ],
  },
];

describeConnectorContract({
  type: 'prometheus',
  now,
  whole: () => prepare(whole),
  expectedDevices,
  empty: () => prepare(asked('empty')),
  oneMalformed: () => prepare(asked('up.one-malformed', 'up.timestamps', 'kured', 'series', ...downReads)),
  allMalformed: () => prepare(asked('up.all-malformed')),
  unknownStatus: () => prepare(asked('up', 'up.timestamps', 'kured', 'series.unknown-status', ...downReads)),
  secrets: ['a-very-secret-token'],
  answering: (route) => prepare([{ ...route, path: '/api/v1/query', times: Infinity }]),
});

describe('a read of Prometheus', () => {
  it('asks all questions about one moment, and for the past only of hosts that are down', async () => {
    const prepared = prepare(whole);
    await collect(prepared);
    const sent = prepared.http.sent.map(({ url }) => [
      url.searchParams.get('query') ?? '',
      url.searchParams.get('time'),
    ]);
    expect(new Set(sent.slice(1).map(([, time]) => time))).toEqual(new Set([String(now)]));
    expect(sent[0]).toEqual(['up{job=~"node|windows"}', null]);
    expect(sent.slice(4).map(([expression]) => expression)).toEqual([
      expect.stringMatching(/^last_over_time\(\{.*instance=~"db-1:9100"\}\[3600s\]\)$/),
      'max_over_time(timestamp(up{job=~"node|windows",instance=~"db-1:9100"} == 1)[3600s:5s])',
    ]);
    expect(prepared.http.sent[0]?.headers.get('authorization')).toBe('Bearer a-very-secret-token');
  });

  it('is a failure when the server answers in part only', async () => {
    await expect(collect(prepare(asked('up.in-part')))).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('is a failure when the two clocks are apart', async () => {
    const late = { ...context, clock: { now: () => now + 301 } };
    await expect(prepare(asked('up')).connector.collect?.(late)).rejects.toMatchObject({ kind: 'malformed' });
  });

  it.each([
    ['the external label of the server', {}, ['gamma']],
    ['the configuration', { organization: 'delta' }, ['delta']],
  ])('takes the organization of unlabelled targets from %s', async (_what, options, expected) => {
    const config = { path: '/api/v1/status/config', body: fixture('config') };
    const routes = [...asked('up.without-organization', 'empty', 'empty', 'empty', 'empty', 'empty'), config];
    const { devices } = await collect(prepare(routes, options));
    expect(devices.map(({ organization }) => organization)).toEqual(expected);
  });

  it('leaves targets that belong to nobody out and counts them', async () => {
    const config = { path: '/api/v1/status/config', status: 404, body: {} };
    const { devices, dropped } = await collect(
      prepare([...asked('up.without-organization', 'empty', 'empty'), config]),
    );
    expect([devices, dropped['device.no_organization']]).toEqual([[], 1]);
  });

  it('looks up one host by its id', async () => {
    const prepared = prepare(asked('up', 'up.timestamps', 'kured', 'series'));
    const { facts } = (await prepared.connector.lookup?.('acme/web-1:9100', context)) ?? {};
    expect(facts).toEqual(expectedDevices[0]);
    expect(prepared.http.sent[0]?.url.searchParams.get('query')).toContain('instance=~"web-1:9100"');
    const nobody = prepare(asked('up', 'up.timestamps', 'kured'));
    expect(await nobody.connector.lookup?.('beta/web-1:9100', context)).toMatchObject({ events: [] });
  });
});
