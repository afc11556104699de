import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StoredEvent } from '../src/domain/event.ts';
import type { StoredLedgerEntry } from '../src/domain/ledger.ts';
import type { SilenceWindow } from '../src/domain/window.ts';
import type { DeviceView } from '../src/fleet/fleet-view.ts';
import { apiSpecs } from '../src/http/api-routes.ts';
import type { OrganizationScope, TokenRecord } from '../src/store/patch-store.ts';
import { type ApiWorld, startApi } from './support/api.ts';
import { aDevice, aFleet, aPatch, aSource, aView, aWindow, anEvidence, builtAt } from './support/builders.ts';

/** Stands in everything Globex owns, so that one leaked byte shows. */
const marker = 'globexsecret';

interface Shape {
  readonly devices: number;
  readonly foreign: number;
  readonly pending: boolean;
}

/** Acme's world with, or without, what Globex has beside it. */
function aWorld({ devices, foreign, pending }: Shape, withGlobex: boolean): ApiWorld {
  const acme = Array.from({ length: devices }, (_, index) => owned('acme', index, pending));
  const globex = Array.from({ length: withGlobex ? foreign : 0 }, (_, index) => owned('globex', index, !pending));
  // Positions in the shared log shift by what Globex wrote before.
  const items = [...globex, ...acme];
  const views = items.map(({ view }) => view);
  const audit = items.map(({ organization, mark }, index) => ({
    seq: items.length - index,
    at: builtAt,
    actor: `token:${mark}`,
    action: 'window.open',
    target: mark,
    organization,
    outcome: 'done' as const,
  }));
  return {
    views,
    events: items.map(({ event }, index) => ({ ...event, seq: index + 1 })),
    ledger: items.map(({ line }, index) => ({ ...line, seq: index + 1 })),
    windows: items.map(({ window }) => window),
    audit,
    tokens: [
      ...items.map(({ organization, mark }) => aToken(mark, [organization])),
      ...(withGlobex ? [aToken(`${marker}-both`, ['acme', 'globex']), aToken(`${marker}-all`, 'all')] : []),
    ],
    checks: [check('web', 'acme-group'), ...(withGlobex ? [check(marker, 'globexsecret-group')] : [])],
    schedules: [schedule('web', 'acme-group'), ...(withGlobex ? [schedule(marker, 'globexsecret-group')] : [])],
    deps: {
      fleet: aFleet(views, sourcesOf(views, withGlobex)),
      watcher: () => ({ intervalSeconds: 5, troubles: [trouble(withGlobex ? marker : 'acme')] }),
    },
  };
}

const trouble = (server: string) =>
  ({ server, use: 'verification', reason: 'partial', message: `store of ${server}`, since: builtAt }) as const;

const matchGroup = (group: string) => ({
  tags: [],
  sites: [],
  organizations: [],
  devices: [],
  groups: [group],
  os: [],
});

function check(name: string, group: string) {
  return {
    name,
    description: name,
    question: { query: name },
    onlyIfRunningBefore: false,
    match: matchGroup(group),
  };
}

function schedule(name: string, group: string) {
  const match = matchGroup(group);
  const when = { rule: 'FREQ=DAILY', offsetDays: 0, at: '02:00', timeZone: 'UTC', durationSeconds: 3600, exclude: [] };
  return { name, reason: name, match, recurrence: when };
}

function aToken(mark: string, organizations: OrganizationScope): TokenRecord {
  return { id: mark, name: mark, role: 'admin', organizations, secretHash: marker, createdAt: builtAt };
}

function sourcesOf(views: readonly DeviceView[], withGlobex: boolean) {
  const shared = aSource({
    devices: views.length,
    lastErrorKind: 'timeout',
    lastErrorMessage: withGlobex ? marker : 'slow',
    reading: { since: builtAt, what: withGlobex ? marker : 'devices', count: views.length },
  });
  return withGlobex ? [shared, aSource({ id: marker })] : [shared];
}

interface Owned {
  readonly organization: string;
  readonly mark: string;
  readonly view: DeviceView;
  readonly event: Omit<StoredEvent & { type: 'reboot.started' }, 'seq'>;
  readonly line: Omit<StoredLedgerEntry, 'seq'>;
  readonly window: SilenceWindow;
}

function owned(organization: string, index: number, pending: boolean): Owned {
  const mark = `${organization === 'globex' ? marker : organization}-${String(index)}`;
  const patch = aPatch({ id: `KB-${mark}`, title: mark, status: 'missing', severity: 'critical' });
  const state = aDevice({
    facts: {
      vendorId: mark,
      organization,
      site: mark,
      groups: [`${mark.replace(/-\d+$/, '')}-group`],
      displayName: mark,
      hostNames: [mark],
      rebootPending: pending,
      // One update both have, so a shared total would show.
      patches: [patch, aPatch({ id: 'KB1', status: 'missing' })],
    },
  });
  const window = aWindow({ id: `w-${mark}`, organization, device: state.key, instance: mark, cause: mark });
  return {
    organization,
    mark,
    view: aView({ state, quiet: window }),
    event: {
      source: 'ninja',
      dedupKey: mark,
      organization,
      device: state.key,
      occurredAt: builtAt,
      receivedAt: builtAt,
      type: 'reboot.started',
      data: { reason: mark },
    },
    line: {
      at: builtAt,
      organization,
      device: state.key,
      instance: mark,
      action: 'opened',
      reason: 'opened',
      text: mark,
      actor: 'patchhaven',
      evidence: [anEvidence({ ref: mark })],
    },
    window,
  };
}

const foreignDevice = encodeURIComponent(`ninja:${marker}-0`);

/** Every GET route, the filters that could reach across, and writes aimed at Globex. */
const requests: readonly (readonly [string, string, unknown?])[] = [
  ...apiSpecs
    .filter(({ method }) => method === 'get')
    .flatMap(({ path }) => [
      [
        'GET',
        path.replace('/updates/{id}', '/updates/KB1').replace('{id}', 'ninja:acme-0').replace('{source}', 'ninja'),
      ] as const,
      ['GET', path.replace('{id}', foreignDevice).replace('{source}', marker)] as const,
    ]),
  ...['devices', 'events', 'windows', 'ledger', 'updates', 'compliance', 'topology', 'sd/http'].flatMap((list) => [
    ['GET', `/${list}?organization=globex`] as const,
    ['GET', `/${list}?limit=1`] as const,
  ]),
  ['GET', `/events?device=${foreignDevice}`],
  ['GET', '/devices?format=csv'],
  ['GET', '/topology?depth=device'],
  ['GET', '/compliance?by=group'],
  ['GET', `/updates/KB-${marker}-0`],
  ['GET', '/updates/KB1?organization=globex'],
  ['GET', '/updates?sort=oldest&limit=1'],
  ['PUT', `/devices/${foreignDevice}/mapping`, { instance: 'x:1' }],
  ['PUT', '/devices/ninja:acme-0/mapping', { instance: `${marker}-0:9182` }],
  ['POST', '/windows', { devices: [`ninja:${marker}-0`], end: '2026-03-10T03:00:00Z', reason: 'x' }],
  ['DELETE', `/windows/w-${marker}-0`, {}],
  ...[['globex'], ['acme', 'globex'], 'all', ['acme']].map(
    (organizations) => ['POST', '/tokens', { name: 'mine', role: 'admin', organizations }] as const,
  ),
  ...[`${marker}-0`, `${marker}-both`, `${marker}-all`, 'acme-0'].map((id) => ['DELETE', `/tokens/${id}`] as const),
  ['GET', '/tokens'],
  [
    'POST',
    '/events',
    {
      events: [
        {
          type: 'reboot.started',
          occurredAt: '2026-03-10T02:00:00Z',
          device: `ninja:${marker}-0`,
          organization: 'acme',
        },
      ],
    },
  ],
];

/** Everything one caller can observe: status, body, and the headers that follow from data. */
async function observe(world: ApiWorld): Promise<readonly string[]> {
  const api = await startApi(world);
  try {
    const token = api.token('admin', ['acme'], { id: '0000000000' });
    const seen: string[] = [];
    for (const [method, path, body] of requests) {
      const response = await fetch(`${api.url}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'x-request-id': 'request-1' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      seen.push(
        `${method} ${path} → ${String(response.status)} ${response.headers.get('etag') ?? '-'} ${await response.text()}`,
      );
    }
    return seen;
  } finally {
    await api.close();
  }
}

describe('isolation of organizations', () => {
  it('answers a token of one organization with the same bytes whether or not another one exists', async () => {
    const shape = fc.record({
      devices: fc.integer({ min: 1, max: 4 }),
      foreign: fc.integer({ min: 1, max: 4 }),
      pending: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(shape, async (drawn) => {
        const [beside, alone] = [await observe(aWorld(drawn, true)), await observe(aWorld(drawn, false))];
        // What only depends on the log position is the content of sealed cursors.
        const [left, right] = [beside, alone].map((seen) => seen.map(withoutCursor).map(withoutChance));
        expect(left).toEqual(right);
        for (const answer of beside) expect(withoutRequest(answer)).not.toContain(marker);
      }),
      { numRuns: 8 },
    );
  });

  it('would notice a leak: a token for everything does see the other organization', async () => {
    const api = await startApi(aWorld({ devices: 1, foreign: 1, pending: true }, true));
    const text = await (await api.get('/api/v1/devices', api.token('viewer'))).text();
    expect(text).toContain(marker);
    await api.close();
  });
});

/** A cursor and the tag of a page that holds one differ by a number nobody can read. */
function withoutCursor(answer: string): string {
  const opaque = answer.replace(/"nextCursor":"[\w-]+"/, '"nextCursor":"<sealed>"');
  return opaque === answer ? answer : opaque.replace(/ "[\w-]{27}" /, ' <tag> ');
}

/** A new token is random by design, and so is the tag of a list that holds it. */
function withoutChance(answer: string): string {
  const plain = answer
    .replaceAll(/"id":"(?!0{10}")[0-9a-f]{10}"/g, '"id":"<new>"')
    .replace(/"secret":"ph_[^"]+"/, '"secret":"<new>"');
  return plain === answer ? answer : plain.replace(/ "[\w-]{27}" /, ' <tag> ');
}

/** The path echoes what the caller wrote itself. */
function withoutRequest(answer: string): string {
  return answer
    .slice(answer.indexOf(' → '))
    .replaceAll(/"instance":"\/api[^"]*"/g, '')
    .replaceAll(/"instance":"[^"]*globexsecret-0:9182"/g, '');
}
