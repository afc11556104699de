import { parse } from 'csv-parse/sync';
import { afterEach, describe, expect, it } from 'vitest';
import { type RunningApi, startApi } from '../../../test/support/api.ts';
import { aDevice, aPatch, aView, builtAt } from '../../../test/support/builders.ts';
import type { DeviceView } from '../../fleet/fleet-view.ts';

let api: RunningApi;
afterEach(() => api.close());

async function ask(path: string, views: readonly DeviceView[]): Promise<Response> {
  api = await startApi({ views });
  return api.get(`/api/v1/devices${path}`, api.token('viewer'));
}

async function names(path: string, views: readonly DeviceView[]): Promise<readonly string[]> {
  const { items } = (await (await ask(path, views)).json()) as { items: { name: string }[] };
  return items.map(({ name }) => name);
}

const missing = (daysAgo: number) =>
  aPatch({ id: 'KB1', status: 'missing', severity: 'critical', firstSeenAt: builtAt - daysAgo * 86_400 });
const failed = (id: string, minutesAgo: number) =>
  aPatch({ id, status: 'failed', installedAt: builtAt - minutesAgo * 60 });

/** `late` waits longest for its restart, `old` misses longest, `broken` failed last, `dark` says nothing. */
const fleet = [
  aView({
    state: aDevice({
      rebootPendingSince: builtAt - 9000,
      facts: { vendorId: '1', displayName: 'late', patches: [missing(3), failed('KB2', 90)] },
    }),
    compliance: { verdict: 'non_compliant', reasons: ['x'] },
  }),
  aView({
    state: aDevice({
      rebootPendingSince: builtAt - 60,
      facts: { vendorId: '2', displayName: 'old', patches: [missing(40)], os: { name: 'Debian 12', family: 'linux' } },
    }),
    compliance: { verdict: 'unknown', reasons: ['x'] },
  }),
  aView({
    state: aDevice({
      facts: {
        vendorId: '3',
        displayName: 'broken',
        rebootPending: false,
        patches: [failed('KB2', 5), failed('KB3', 10)],
      },
    }),
  }),
  dark(),
];

function dark(): DeviceView {
  const state = aDevice({ facts: { vendorId: '4', displayName: 'dark' } });
  const { patches: _patches, rebootPending: _pending, ...facts } = state.facts;
  return aView({ state: { ...state, facts }, compliance: { verdict: 'unknown', reasons: ['x'] } });
}

describe('order', () => {
  it.each([
    ['rebootPendingSince', 'asc', ['late', 'old', 'broken', 'dark']],
    ['oldestMissingCriticalAt', 'asc', ['old', 'late', 'broken', 'dark']],
    ['failed', 'desc', ['broken', 'late', 'old', 'dark']],
    ['lastFailureAt', 'desc', ['broken', 'late', 'dark', 'old']],
    ['compliance', 'asc', ['late', 'old', 'dark', 'broken']],
  ])('puts the worst first by %s %s', async (sort, order, expected) => {
    expect(await names(`?sort=${sort}&order=${order}`, fleet)).toEqual(expected);
  });

  it('goes on after a device that waits for nothing', async () => {
    const seen: string[] = [];
    api = await startApi({ views: fleet });
    const token = api.token('viewer');
    for (let next: string | null = ''; next !== null;) {
      const page = await api.get(
        `/api/v1/devices?sort=rebootPendingSince&limit=1${next === '' ? '' : `&cursor=${next}`}`,
        token,
      );
      const { items, nextCursor } = (await page.json()) as { items: { name: string }[]; nextCursor: string | null };
      seen.push(...items.map(({ name }) => name));
      next = nextCursor;
    }
    expect(seen).toEqual(['late', 'old', 'broken', 'dark']);
  });
});

describe('filters of updates', () => {
  it.each([
    ['patch=KB2', ['broken', 'late']],
    ['patch=KB1&patchStatus=failed', []],
    ['patch=KB2&patchStatus=missing,failed', ['broken', 'late']],
    ['patchStatus=missing', ['late', 'old']],
    ['os=Debian%2012', ['old']],
  ])('%s', async (filter, expected) => {
    expect(await names(`?${filter}`, fleet)).toEqual(expected);
  });

  it('refuses a status that does not exist', async () => {
    const response = await ask('?patchStatus=gone', fleet);
    expect(response.status).toBe(400);
  });
});

describe('the daily cap', () => {
  const views = ['free', 'capped', 'just freed'].map((displayName, i) => ({
    ...aView({ state: aDevice({ facts: { vendorId: String(i), displayName } }) }),
    ...(i === 0 ? {} : { quietCappedUntil: i === 1 ? builtAt + 60 : builtAt }),
  }));

  it.each([
    ['true', ['capped']],
    ['false', ['free', 'just freed']],
  ])('quietCapped=%s', async (flag, expected) => {
    expect(await names(`?quietCapped=${flag}`, views)).toEqual(expected);
  });
});

describe('CSV', () => {
  it('has every device that fits, whatever the limit, and says what is unknown', async () => {
    const response = await ask('?format=csv&compliance=unknown&limit=1', fleet);
    expect(response.headers.get('content-type')).toContain('text/csv');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="patchhaven-devices.csv"');
    const rows = parse(await response.text(), { columns: true });
    expect(rows).toMatchObject([
      { name: 'old', compliance: 'unknown', missing_critical: '1', failed: '0', reboot_pending: 'true' },
      { name: 'dark', missing_critical: 'unknown', failed: 'unknown', reboot_pending: 'unknown' },
    ]);
  });

  it('hands a name that reads like a formula over as text', async () => {
    const evil = aView({ state: aDevice({ facts: { displayName: '=HYPERLINK("http://x")', site: '+1' } }) });
    const [row] = parse(await (await ask('?format=csv', [evil])).text(), { columns: true });
    expect(row).toMatchObject({ name: `'=HYPERLINK("http://x")`, site: `'+1` });
  });

  it('holds the devices of the caller only', async () => {
    const other = aView({
      state: aDevice({ facts: { vendorId: '9', organization: 'globex', displayName: 'theirs' } }),
    });
    api = await startApi({ views: [...fleet, other] });
    const text = await (await api.get('/api/v1/devices?format=csv', api.token('viewer', ['acme']))).text();
    expect(text).toContain('late');
    expect(text).not.toContain('theirs');
  });

  it('streams 20,000 devices and leaves time for others in between', async () => {
    const views = Array.from({ length: 20_000 }, (_, index) =>
      aView({ state: aDevice({ facts: { vendorId: String(index) } }) }),
    );
    const response = await ask('?format=csv', views);
    const reader = response.body?.getReader();
    expect((await reader?.read())?.done).toBe(false);
    const health = await fetch(`${api.url}/-/healthy`);
    expect(health.status).toBe(200);
    let size = 0;
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) size += part.value.length;
    expect(size).toBeGreaterThan(20_000 * 100);
  });
});
