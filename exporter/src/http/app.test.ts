import { afterEach, describe, expect, it } from 'vitest';
import { type ApiWorld, type RunningApi, startApi } from '../../test/support/api.ts';
import { aDevice, aPatch, aView, aWindow, builtAt } from '../../test/support/builders.ts';
import { StoreError } from '../domain/errors.ts';
import { apiRoutes, apiSpecs } from './api-routes.ts';
import type { AuditRecord } from '../store/patch-store.ts';
import type { AppDeps } from './deps.ts';

let api: RunningApi;
const start = async (world: Partial<ApiWorld> = {}): Promise<RunningApi> => {
  api = await startApi({ views: [aView()], ...world });
  return api;
};
afterEach(() => api.close());

interface Body {
  readonly items: readonly { readonly id: string; readonly name: string }[];
  readonly total: number;
  readonly nextCursor: string | null;
}
const json = async <T = Body>(response: Promise<Response>): Promise<T> => (await response).json() as Promise<T>;

function numbered(count: number, organization = 'acme') {
  return Array.from({ length: count }, (_, index) =>
    aView({ state: aDevice({ facts: { vendorId: `${organization}-${String(index)}`, organization } }) }),
  );
}

describe('who may call', () => {
  it.each(['/api/v1/devices', '/api/v1/openapi.json', '/api/v1/nothing', '/metrics', '/config'])(
    'refuses %s without a token',
    async (path) => {
      const { url } = await start();
      const response = await fetch(url + path);
      expect(response.status).toBe(401);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
    },
  );

  it('answers health and the landing page without a token, and shows no device there', async () => {
    const { url } = await start();
    expect((await fetch(`${url}/-/healthy`)).status).toBe(200);
    expect((await fetch(`${url}/-/ready`)).status).toBe(200);
    const page = await (await fetch(url)).text();
    expect(page).toContain('api/v1/openapi.json');
    expect(page).not.toContain('SRV-1');
  });

  it.each([
    ['wrong secret', (token: string) => `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`],
    ['unknown id', (token: string) => token.replace(/^ph_.{10}/, 'ph_0000000000')],
    ['other form', () => 'secret'],
  ])('refuses a token with %s', async (_name, spoil) => {
    const { get, token } = await start();
    expect((await get('/api/v1/devices', spoil(token('admin')))).status).toBe(401);
  });

  it('refuses revoked and expired tokens', async () => {
    const { get, token } = await start();
    const revoked = token('viewer', 'all', { revokedAt: builtAt });
    const expired = token('viewer', 'all', { expiresAt: builtAt + 1 });
    expect((await get('/api/v1/devices', revoked)).status).toBe(401);
    expect((await get('/api/v1/devices', expired)).status).toBe(401);
  });

  it('refuses a write below its role, with the reason and a record', async () => {
    const { send, token, audit } = await start();
    const response = await send('POST', '/api/v1/windows', token('reporter'), {});
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ detail: 'This needs the role operator; yours is reporter.' });
    expect(audit).toMatchObject([{ actor: 'token:reporter-token', action: 'window.open', outcome: 'refused' }]);
  });

  it('slows a token down past its rate and says for how long', async () => {
    const { get, token } = await start({ settings: { rateLimit: { requestsPerSecond: 0.1, burst: 2 } } });
    const viewer = token('viewer');
    const answers = [];
    for (let call = 0; call < 3; call += 1) answers.push(await get('/api/v1/devices', viewer));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(answers[2]?.headers.get('retry-after')).toBe('10');
  });

  it('lets a scrape in without a token only when the configuration says so', async () => {
    const { url } = await start({ settings: { metricsAuth: 'open' } });
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('patch_device_info');
  });
});

describe('devices', () => {
  it('pages through all devices without gap or repetition', async () => {
    const { get, token } = await start({ views: numbered(25) });
    const viewer = token('viewer');
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const next: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const page: Body = await json(get(`/api/v1/devices?limit=7&order=desc${next}`, viewer));
      expect(page.total).toBe(25);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(seen).toHaveLength(25);
    expect(new Set(seen).size).toBe(25);
  });

  it.each([
    ['rebootPending=true', ['pending']],
    ['rebootPending=false', ['settled']],
    ['missingCritical=true', ['pending']],
    ['failed=true', ['settled']],
    ['text=UNKNOWN', ['unknown']],
    ['site=Paris', ['settled']],
    ['group=Test', ['unknown']],
    ['identity=unmatched,ambiguous', ['unknown']],
    ['compliance=unknown', ['unknown']],
    ['organization=nobody', []],
  ])('filters by %s', async (filter, names) => {
    const settled = aDevice({
      facts: {
        vendorId: '2',
        displayName: 'settled',
        site: 'Paris',
        rebootPending: false,
        patches: [aPatch({ status: 'failed' })],
      },
    });
    const {
      rebootPending: _pending,
      patches: _patches,
      ...facts
    } = aDevice({
      facts: { vendorId: '3', displayName: 'unknown', groups: ['Test'] },
    }).facts;
    const { get, token } = await start({
      views: [
        aView({ state: aDevice({ facts: { vendorId: '1', displayName: 'pending' } }) }),
        aView({ state: settled, compliance: { verdict: 'non_compliant', reasons: ['x'] } }),
        aView({
          state: { ...aDevice({ facts: { vendorId: '3' } }), facts },
          identity: { status: 'unmatched' },
          compliance: { verdict: 'unknown', reasons: ['x'] },
        }),
      ],
    });
    const { items } = await json(get(`/api/v1/devices?${filter}`, token('viewer')));
    expect(items.map(({ name }) => name)).toEqual(names);
  });

  it('answers 304 while nothing has changed', async () => {
    const { get, token } = await start();
    const viewer = token('viewer');
    const tag = (await get('/api/v1/devices', viewer)).headers.get('etag') ?? '';
    expect((await get('/api/v1/devices', viewer, { 'if-none-match': `"other", W/${tag}` })).status).toBe(304);
  });

  it.each([
    ['limit=0', '/query/limit'],
    ['colour=red', '/query/colour'],
    ['sort=age', '/query/sort'],
    ['cursor=abc', '/query/cursor'],
  ])('names the field of a bad query: %s', async (query, pointer) => {
    const { get, token } = await start();
    const response = await get(`/api/v1/devices?${query}`, token('viewer'));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ pointer }] });
  });

  it('answers a page out of 100,000 devices for less than 300 ms of work', async () => {
    const { get, token } = await start({ views: numbered(100_000) });
    const viewer = token('viewer');
    await (await get('/api/v1/devices?text=srv', viewer)).text();
    // Time of the processor: what else runs on the machine is no fault of the answer.
    const began = process.cpuUsage();
    await (await get('/api/v1/devices?text=99&sort=lastSeenAt&order=desc&limit=100', viewer)).text();
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 1000).toBeLessThan(300);
  });

  it('gives 404 for an unknown device and 405 for another method, as problems with a request id', async () => {
    const { get, send, token } = await start();
    const viewer = token('viewer');
    const missing = await get('/api/v1/devices/ninja:404', viewer, { 'x-request-id': 'my-request-1' });
    expect(missing.status).toBe(404);
    expect(await missing.json()).toMatchObject({ type: 'urn:patchhaven:problem:not_found', requestId: 'my-request-1' });
    const wrong = await send('PATCH', '/api/v1/devices/ninja:1', viewer);
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });
});

describe('posting events', () => {
  const event = { type: 'reboot.started', occurredAt: '2026-03-10T01:59:00Z', device: 'ninja:1' };

  it('judges each event by itself', async () => {
    const { send, token, audit } = await start();
    const response = await send('POST', '/api/v1/events', token('reporter', ['acme']), {
      events: [
        event,
        { ...event, occurredAt: 'yesterday' },
        { ...event, organization: 'globex' },
        { ...event, instance: 'srv-1:9182' },
        { ...event, type: 'device.observed' },
        { ...event, type: 'order.placed' },
        { ...event, type: 'order.settled', data: { id: 'o', state: 'accepted', text: 't' } },
        'nonsense',
      ],
    });
    expect(response.status).toBe(207);
    expect(await response.json()).toMatchObject({
      accepted: 1,
      rejected: 7,
      results: [
        { index: 0, result: 'accepted', device: 'ninja:1' },
        { index: 1, reason: 'invalid', field: '/events/1/occurredAt', detail: 'must be an RFC 3339 time with a zone' },
        { index: 2, reason: 'organization_not_allowed', field: '/events/2/organization' },
        { index: 3, reason: 'invalid', field: null },
        { index: 4, reason: 'invalid', field: '/events/4/type' },
        // Evidence of an order comes from the source that took it, and from nobody else.
        { index: 5, reason: 'invalid', field: '/events/5/type' },
        { index: 6, reason: 'invalid', field: '/events/6/type' },
        { index: 7, reason: 'invalid', field: null },
      ],
    });
    expect(audit).toMatchObject([{ action: 'events.post', outcome: 'done', organization: 'acme' }]);
  });

  it('answers 202 when all are stored', async () => {
    const { send, token } = await start();
    expect((await send('POST', '/api/v1/events', token('reporter'), { events: [event] })).status).toBe(202);
  });

  it('leaves the record to the store when it was stored with the events', async () => {
    const stored: AuditRecord[] = [];
    const { send, token, audit } = await start({
      deps: {
        ingest: {
          ingest: (batch, auditOf) => {
            const record = auditOf?.(batch.length);
            if (record !== undefined) stored.push(record);
            return Promise.resolve(batch.map(() => ({ result: 'duplicate' as const })));
          },
        },
      },
    });
    const response = await send('POST', '/api/v1/events', token('reporter'), { events: [event, 'nonsense'] });
    expect(response.status).toBe(207);
    expect(stored).toMatchObject([
      { action: 'events.post', target: 'events', detail: '1 stored or known, 1 rejected' },
    ]);
    expect(audit).toEqual([]);
  });

  it('answers 503 and records a failure when the store takes nothing', async () => {
    const failing: Partial<AppDeps> = {
      ingest: { ingest: () => Promise.reject(new StoreError('full', 'disk full')) },
    };
    const { send, token, audit } = await start({ deps: failing });
    const response = await send('POST', '/api/v1/events', token('reporter'), { events: [event] });
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    expect(audit).toMatchObject([{ outcome: 'failed' }]);
  });

  it.each([
    ['no JSON', '{', 400],
    ['an empty batch', { events: [] }, 400],
    ['more than 5,000', { events: Array.from({ length: 5001 }, () => event) }, 400],
    ['more than 5 MB', `{"events":["${'x'.repeat(5 * 1024 * 1024)}"]}`, 413],
  ])('refuses %s as a whole', async (_name, body, status) => {
    const { send, token } = await start();
    expect((await send('POST', '/api/v1/events', token('reporter'), body)).status).toBe(status);
  });
});

describe('windows', () => {
  const body = { devices: ['ninja:1'], end: '2026-03-10T03:00:00Z', reason: 'disk swap' };

  it('opens one, names who asked and records it', async () => {
    const { send, token, audit } = await start();
    const response = await send('POST', '/api/v1/windows', token('operator'), body);
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({ windows: [{ owner: 'token:operator-token', cause: 'disk swap' }] });
    expect(audit).toMatchObject([{ action: 'window.open', target: 'ninja:1', organization: 'acme', outcome: 'done' }]);
  });

  it('lets the caller read why one cannot be opened', async () => {
    const refusing: Partial<AppDeps> = {
      windows: {
        open: () => Promise.resolve({ ok: false, reason: 'capped', detail: 'The daily cap is reached.' }),
        cancel: () => Promise.resolve({ ok: false, reason: 'already_closed', detail: 'It is closed.' }),
      },
    };
    const { send, token, audit } = await start({ deps: refusing, windows: [aWindow()] });
    const operator = token('operator');
    const opened = await send('POST', '/api/v1/windows', operator, body);
    expect([opened.status, await opened.json()]).toMatchObject([409, { detail: 'The daily cap is reached.' }]);
    expect((await send('DELETE', '/api/v1/windows/w-1', operator)).status).toBe(409);
    expect(audit.map(({ outcome }) => outcome)).toEqual(['refused', 'refused']);
  });

  it('refuses an end that has passed', async () => {
    const { send, token } = await start();
    const response = await send('POST', '/api/v1/windows', token('operator'), { ...body, end: '2026-03-10T01:00:00Z' });
    expect([response.status, await response.json()]).toMatchObject([422, { errors: [{ pointer: '/end' }] }]);
  });

  it('refuses devices of two organizations', async () => {
    const { send, token } = await start({ views: [...numbered(1, 'acme'), ...numbered(1, 'globex')] });
    const devices = ['ninja:acme-0', 'ninja:globex-0'];
    expect((await send('POST', '/api/v1/windows', token('operator'), { ...body, devices })).status).toBe(422);
  });
});

describe('operation', () => {
  it('is not ready while the store fails, and healthy all the same', async () => {
    const { url } = await start({ deps: { started: () => false } });
    expect((await fetch(`${url}/-/ready`)).status).toBe(503);
    expect((await fetch(`${url}/-/healthy`)).status).toBe(200);
  });

  it('reloads for an admin only, and tells every problem', async () => {
    const problems = ['p.yaml:1:1 polices: unknown key'];
    const { send, token, audit } = await start({ deps: { reload: () => Promise.resolve({ ok: false, problems }) } });
    expect((await send('POST', '/-/reload', token('operator'))).status).toBe(403);
    expect((await send('POST', '/-/reload', token('admin', ['acme']))).status).toBe(403);
    const response = await send('POST', '/-/reload', token('admin'));
    expect([response.status, await response.json()]).toMatchObject([422, { errors: [{ detail: problems[0] }] }]);
    expect(audit).toMatchObject([{ action: 'config.reload', outcome: 'refused' }]);
  });

  it('hides what went wrong inside', async () => {
    const broken: Partial<AppDeps> = { explain: { explain: () => Promise.reject(new Error('password hunter2')) } };
    const { get, token } = await start({ deps: broken });
    const response = await get('/api/v1/devices/ninja:1/explain', token('viewer'));
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('hunter2');
  });

  it('counts unknown apart from compliant', async () => {
    const views = numbered(4).map((view, index) =>
      index === 0
        ? view
        : {
            ...view,
            compliance: { verdict: index === 1 ? ('non_compliant' as const) : ('unknown' as const), reasons: ['x'] },
          },
    );
    const { get, token } = await start({ views });
    const { rows } = await json<{ rows: unknown[] }>(get('/api/v1/compliance', token('viewer')));
    expect(rows).toMatchObject([{ devices: 4, compliant: 1, nonCompliant: 1, unknown: 2, compliantRatio: 0.25 }]);
  });

  it('serves every route it describes', async () => {
    await start();
    const stub = {} as AppDeps;
    const served = apiRoutes(stub, () => Promise.resolve(), {} as never, {} as never).map(
      ({ spec }) => spec.operationId,
    );
    expect(served).toEqual(apiSpecs.map(({ operationId }) => operationId));
  });
});
