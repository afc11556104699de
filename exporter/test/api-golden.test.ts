import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiSpecs } from '../src/http/api-routes.ts';
import { type RunningApi, startApi } from './support/api.ts';
import { aDevice, anOrder, aPatch, aView, aWindow, anEvidence, builtAt } from './support/builders.ts';

/** `UPDATE_GOLDEN=1 npx vitest run exporter/test/api-golden.test.ts` writes the files anew. */
const update = process.env['UPDATE_GOLDEN'] === '1';
const folder = new URL('golden/api/', import.meta.url);

const cases: Readonly<Record<string, readonly [operationId: string, method: string, path: string, body?: unknown]>> = {
  status: ['getStatus', 'GET', '/status'],
  devices: ['listDevices', 'GET', '/devices'],
  'devices.next-page': ['listDevices', 'GET', '/devices?limit=1'],
  device: ['getDevice', 'GET', '/devices/ninja:1'],
  'device.unknown-values': ['getDevice', 'GET', '/devices/ninja:2'],
  explain: ['explainDevice', 'GET', '/devices/ninja:1/explain'],
  candidates: ['listCandidates', 'GET', '/devices/ninja:2/candidates'],
  mapping: ['mapDevice', 'PUT', '/devices/ninja:1/mapping', { instance: 'srv-1:9182' }],
  orders: ['listOrders', 'GET', '/devices/ninja:1/orders'],
  order: ['getOrder', 'GET', '/devices/ninja:1/orders/order-2'],
  'place-order': ['placeOrder', 'POST', '/devices/ninja:1/orders', { action: 'reboot', reason: 'KB5041160' }],
  scripts: ['listScripts', 'GET', '/devices/ninja:1/scripts'],
  events: ['listEvents', 'GET', '/events'],
  'post-events': [
    'postEvents',
    'POST',
    '/events',
    {
      events: [
        { type: 'reboot.started', occurredAt: '2026-03-10T02:00:00Z', device: 'ninja:1' },
        { type: 'reboot.started', occurredAt: 'soon', device: 'ninja:1' },
      ],
    },
  ],
  windows: ['listWindows', 'GET', '/windows'],
  'open-window': [
    'openWindow',
    'POST',
    '/windows',
    { devices: ['ninja:1'], end: '2026-03-10T03:00:00Z', reason: 'disk swap' },
  ],
  'cancel-window': ['cancelWindow', 'DELETE', '/windows/w-1', {}],
  ledger: ['listLedger', 'GET', '/ledger'],
  updates: ['listUpdates', 'GET', '/updates'],
  update: ['getUpdate', 'GET', '/updates/KB5041999'],
  compliance: ['getCompliance', 'GET', '/compliance?by=site'],
  topology: ['getTopology', 'GET', '/topology?depth=device'],
  sources: ['listSources', 'GET', '/sources'],
  runs: ['listRuns', 'GET', '/sources/ninja/runs'],
  checks: ['listChecks', 'GET', '/checks'],
  schedules: ['listSchedules', 'GET', '/schedules'],
  sd: ['discoverTargets', 'GET', '/sd/http'],
  audit: ['listAudit', 'GET', '/audit'],
  tokens: ['listTokens', 'GET', '/tokens'],
  'create-token': [
    'createToken',
    'POST',
    '/tokens',
    { name: 'patch night', role: 'reporter', organizations: ['acme'], expiresAt: '2026-06-01T00:00:00Z' },
  ],
  'revoke-token': ['revokeToken', 'DELETE', '/tokens/a0a0a0a0a0'],
};

const anUnknownScript = anOrder({
  id: 'order-2',
  request: { action: 'script', script: '418', arguments: ['-Kb', 'KB5041160'] },
  state: 'unknown',
  text: 'no answer within 30000 ms: it may have been carried out, and is not sent again',
});

let api: RunningApi;
let token: string;

beforeAll(async () => {
  const verified = aWindow({
    id: 'w-0',
    closedAt: builtAt - 20,
    outcome: 'returned',
    verification: {
      verdict: 'passed',
      startedAt: builtAt - 20,
      settlesAt: builtAt + 280,
      rounds: 2,
      consecutivePasses: 2,
      checks: [{ check: 'iis', result: 'passed', detail: 'answers 200', at: builtAt - 5 }],
      endedAt: builtAt - 5,
    },
  });
  const bare = aDevice({ facts: { vendorId: '2', displayName: 'bare' } });
  const { rebootPending: _p, patches: _x, os: _o, site: _s, lastSeenAt: _l, lastBootAt: _b, ...facts } = bare.facts;
  const { lastInstall: _i, ...state } = bare;
  api = await startApi({
    views: [
      aView({ quiet: verified, state: aDevice({ orders: [anOrder(), anUnknownScript] }) }),
      aView({
        state: { ...state, facts: { ...facts, groups: [] } },
        identity: { status: 'ambiguous', candidates: ['bare:9182', 'bare.example.com:9182'] },
        compliance: { verdict: 'unknown', reasons: ['its source says nothing about updates'] },
        stale: true,
      }),
      aView({
        state: aDevice({
          facts: { vendorId: '3', organization: 'globex', displayName: 'db', patches: [aPatch({ status: 'failed' })] },
        }),
        compliance: { verdict: 'non_compliant', reasons: ['1 update failed to install'] },
      }),
    ],
    windows: [aWindow(), verified],
    events: [
      {
        seq: 1,
        source: 'ninja',
        dedupKey: 'activity-77',
        organization: 'acme',
        device: 'ninja:1',
        occurredAt: builtAt - 600,
        receivedAt: builtAt - 590,
        type: 'maintenance.planned',
        data: { id: 'm-1', start: builtAt, end: builtAt + 3600, reason: 'patch night', owner: 'ops' },
      },
    ],
    ledger: [
      {
        seq: 1,
        at: builtAt - 115,
        organization: 'acme',
        device: 'ninja:1',
        instance: 'srv-1:9182',
        windowId: 'w-1',
        action: 'opened',
        reason: 'installed',
        text: 'Quiet for 30 minutes: KB5041160 was installed 8 minutes before it went down.',
        actor: 'patchhaven',
        until: builtAt + 1680,
        downAt: builtAt - 120,
        alert: 'HostDown',
        evidence: [anEvidence()],
      },
    ],
    audit: [
      {
        seq: 1,
        at: builtAt - 60,
        actor: 'token:ops',
        action: 'window.open',
        target: 'ninja:1',
        organization: 'acme',
        outcome: 'done',
      },
    ],
    tokens: [
      {
        id: 'a0a0a0a0a0',
        name: 'scripts',
        role: 'reporter',
        organizations: ['acme', 'globex'],
        secretHash: 'never shown',
        createdAt: builtAt - 3600,
        expiresAt: builtAt + 86_400,
      },
    ],
    checks: [
      {
        name: 'iis',
        description: 'IIS answers',
        question: { query: 'probe_success{instance="{{instance}}"} == 1' },
        onlyIfRunningBefore: false,
        match: { tags: [], sites: [], organizations: [], devices: [], groups: ['Production'], os: ['windows'] },
      },
    ],
    schedules: [
      {
        name: 'production',
        reason: 'patch night',
        match: { tags: [], sites: [], organizations: [], devices: [], groups: ['Production'], os: [] },
        recurrence: {
          rule: 'FREQ=MONTHLY;BYDAY=2TU',
          offsetDays: 3,
          at: '02:00',
          timeZone: 'Europe/Berlin',
          durationSeconds: 10_800,
          exclude: [],
        },
      },
    ],
  });
  token = api.token('admin', 'all', { id: '00000000ff' });
  api.setNow(builtAt + 6);
});
afterAll(() => api.close());

/** A new token has a random id and secret. */
function withoutChance(answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null || !('secret' in answer)) return answer;
  return { ...answer, id: '0123456789', secret: `ph_0123456789_${'A'.repeat(43)}` };
}

describe('golden answers', () => {
  it.each(Object.entries(cases))(
    '%s.json is what the route answers',
    async (name, [operationId, method, path, body]) => {
      const response = await api.send(method, `/api/v1${path}`, token, body);
      const answer: unknown = withoutChance(await response.json());
      const schema = apiSpecs.find((spec) => spec.operationId === operationId)?.responses[response.status]?.schema;
      expect(schema?.safeParse(answer).error).toBeUndefined();
      const file = new URL(`${name}.json`, folder);
      const text = `${JSON.stringify(answer, null, 2)}\n`;
      if (update) writeFileSync(file, text);
      expect(text).toBe(readFileSync(file, 'utf8'));
    },
  );

  it('has an answer of every route', () => {
    const covered = new Set(Object.values(cases).map(([operationId]) => operationId));
    const missing = apiSpecs
      .filter(({ operationId }) => !covered.has(operationId))
      .map(({ operationId }) => operationId);
    expect(missing).toEqual(['postWebhook']);
  });
});
