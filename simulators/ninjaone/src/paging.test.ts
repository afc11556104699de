import { describe, expect, it } from 'vitest';
import type { TestClient } from './test-client.ts';
import { activityPage, reportPage, startSimulator } from './test-client.ts';

async function walkEntities(client: TestClient, path: string, pageSize: number): Promise<unknown[]> {
  const ids: unknown[] = [];
  for (let after = 0; ;) {
    const page = (await client.get(`${path}?pageSize=${String(pageSize)}&after=${String(after)}`)).rows();
    ids.push(...page.map(({ id }) => id));
    if (page.length < pageSize) return ids;
    after = Number(ids.at(-1));
  }
}

async function walkReport(client: TestClient, path: string, pageSize: number): Promise<unknown[]> {
  const first = reportPage(await client.get(`${path}?pageSize=${String(pageSize)}`));
  const rows = [...first.results];
  for (;;) {
    const url = `${path}?pageSize=${String(pageSize)}&cursor=${first.cursor.name}`;
    const next = reportPage(await client.get(url));
    expect(next.cursor.offset).toBe(rows.length);
    if (next.results.length === 0) return rows;
    rows.push(...next.results);
  }
}

describe('entity lists', () => {
  it.each(['/v2/devices', '/api/v2/devices-detailed'])('%s gives every device once', async (path) => {
    const client = await startSimulator({ devices: 47 });
    const ids = await walkEntities(client, path, 10);
    expect(ids).toEqual(Array.from({ length: 47 }, (_, n) => 1001 + n));
  });

  it('pages organizations, locations and the devices of one organization', async () => {
    const client = await startSimulator({ devices: 60, organizations: 7 });
    expect(await walkEntities(client, '/v2/organizations', 3)).toEqual([2, 3, 4, 5, 6, 7, 8]);
    const locations = await walkEntities(client, '/v2/locations', 4);
    expect(new Set(locations).size).toBe(locations.length);
    const perOrganization = await Promise.all(
      [2, 3, 4, 5, 6, 7, 8].map((id) => walkEntities(client, `/v2/organization/${String(id)}/devices`, 5)),
    );
    expect(new Set(perOrganization.flat()).size).toBe(60);
  });

  it('repeats the last row when the limit is made inclusive', async () => {
    const { simulator, get } = await startSimulator();
    simulator.faults.add({ kind: 'inclusive-after', target: '/devices' });
    expect((await get('/v2/devices?after=1005&pageSize=2')).rows().map(({ id }) => id)).toEqual([1005, 1006]);
    expect((await get('/v2/devices?after=1005&pageSize=2')).rows().map(({ id }) => id)).toEqual([1006, 1007]);
  });
});

describe('reports', () => {
  it.each(['operating-systems', 'device-health', 'os-patches', 'os-patch-installs', 'windows-services'])(
    '%s gives the same rows whatever the page size',
    async (report) => {
      const client = await startSimulator({ devices: 40 });
      const small = await walkReport(client, `/v2/queries/${report}`, 10);
      const large = reportPage(await client.get(`/v2/queries/${report}?pageSize=1000`)).results;
      expect(large.length).toBeGreaterThan(10);
      expect(small).toEqual(large);
    },
  );

  it('forgets a cursor that was left alone, and knows none by guess', async () => {
    const { get, pass } = await startSimulator({ cursorLifetimeSeconds: 120 });
    const { cursor } = reportPage(await get('/v2/queries/os-patches?pageSize=5'));
    pass(119);
    expect((await get(`/v2/queries/os-patches?cursor=${cursor.name}`)).status).toBe(200);
    pass(121);
    const late = await get(`/v2/queries/os-patches?cursor=${cursor.name}`);
    expect(late.status).toBe(400);
    expect(late.text).toContain('cursor');
    expect((await get('/v2/queries/os-patches?cursor=guess')).status).toBe(400);
  });

  it('keeps the filter of the first page on the next', async () => {
    const { get } = await startSimulator({ devices: 80 });
    const first = reportPage(await get('/v2/queries/os-patches?pageSize=3&status=APPROVED'));
    const next = reportPage(await get(`/v2/queries/os-patches?pageSize=500&cursor=${first.cursor.name}`));
    expect(next.results.length).toBeGreaterThan(3);
    expect(new Set(next.results.map(({ status }) => status))).toEqual(new Set(['APPROVED']));
  });
});

describe('activities', () => {
  it('come newest first and page back by id without gap or overlap', async () => {
    const { get } = await startSimulator({ historyActivities: 55 });
    const ids: number[] = [];
    for (let olderThan = ''; ;) {
      const { activities } = activityPage(await get(`/v2/activities?pageSize=10${olderThan}`));
      if (activities.length === 0) break;
      ids.push(...activities.map(({ id }) => id));
      olderThan = `&olderThan=${String(ids.at(-1))}`;
    }
    expect(ids).toHaveLength(55);
    expect(ids).toEqual([...ids].sort((a, b) => b - a));
  });

  it('newerThan leaves out what is known, and a full page leaves a gap below it', async () => {
    const { get } = await startSimulator({ historyActivities: 55 });
    const all = activityPage(await get('/v2/activities?pageSize=1000')).activities.map(({ id }) => id);
    const answer = activityPage(await get(`/v2/activities?pageSize=10&newerThan=${String(all[30])}`));
    expect(answer.activities.map(({ id }) => id)).toEqual(all.slice(0, 10));
    expect(answer.lastActivityId).toBe(all[0]);
  });

  it('name their type parameter differently on a device', async () => {
    const { get } = await startSimulator();
    expect((await get('/v2/activities?type=PATCH_MANAGEMENT')).status).toBe(200);
    expect((await get('/v2/device/1001/activities?activityType=PATCH_MANAGEMENT')).status).toBe(200);
    expect((await get('/v2/device/1001/activities?type=PATCH_MANAGEMENT')).text).toContain('\\"type\\"');
    expect((await get('/v2/activities?activityType=PATCH_MANAGEMENT')).status).toBe(400);
  });
});

describe('strictness', () => {
  it.each([
    ['/v2/devices?pagesize=5', 'pagesize'],
    ['/v2/devices?pageSize=5&pageSize=6', 'pageSize'],
    ['/v2/devices?pageSize=0', 'pageSize'],
    ['/v2/devices?df=', 'df'],
    ['/v2/roles?pageSize=5', 'pageSize'],
    ['/v2/activities?pageSize=5', 'pageSize'],
    ['/v2/activities?pageSize=1001', 'pageSize'],
    ['/v2/queries/os-patch-installs?installedAfter=yesterday', 'installedAfter'],
    ['/v2/queries/windows-services?pageSize=9', 'pageSize'],
  ])('refuses %s by name', async (path, name) => {
    const { get } = await startSimulator();
    const answer = await get(path);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(name);
  });

  it('knows no other path, device or organization', async () => {
    const { get } = await startSimulator({ devices: 5 });
    expect((await get('/v2/nothing')).status).toBe(404);
    expect((await get('/v2/device/1006')).status).toBe(404);
    expect((await get('/v2/organization/99/devices')).status).toBe(404);
  });
});
