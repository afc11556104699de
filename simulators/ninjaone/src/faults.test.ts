import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { FaultKind } from './faults.ts';
import { ACTIVITY_FAULTS, BODY_FAULTS, createFaults, PAGE_FAULTS, REQUEST_FAULTS, WEBHOOK_FAULTS } from './faults.ts';
import { activityPage, reportPage, startSimulator } from './test-client.ts';

describe('arming faults', () => {
  it('uses up its times and then lets everything through', () => {
    const faults = createFaults();
    faults.add({ kind: 'server-error', times: 2 });
    const taken = [1, 2, 3].map(() => faults.take('server-error', '/devices') !== undefined);
    expect(taken).toEqual([true, true, false]);
  });

  it('hits only its target', () => {
    const faults = createFaults();
    faults.add({ kind: 'html', target: '/queries/*', times: 'forever' });
    expect(faults.take('html', '/devices')).toBeUndefined();
    expect(faults.take('html', '/queries/os-patches')).toBeDefined();
  });

  it('spares the token endpoint unless it is named', () => {
    const faults = createFaults();
    faults.add({ kind: 'html', times: 'forever' });
    expect(faults.take('html', '/oauth/token')).toBeUndefined();
    faults.add({ kind: 'html', target: '/oauth/token' });
    expect(faults.take('html', '/oauth/token')).toBeDefined();
  });

  it('can be done over the control API, which refuses a kind it does not know', async () => {
    const { control, get } = await startSimulator();
    expect((await control('POST', '/faults', { kind: 'surprise' })).status).toBe(400);
    expect((await control('POST', '/faults', { kind: 'server-error', times: 'forever' })).status).toBe(204);
    expect((await get('/v2/roles')).status).toBe(503);
    await control('DELETE', '/faults');
    expect((await get('/v2/roles')).status).toBe(200);
  });
});

describe('request faults', () => {
  it.each<[FaultKind, number]>([
    ['unauthorized', 401],
    ['forbidden', 403],
    ['rate-limited', 429],
    ['server-error', 503],
  ])('%s answers %i once', async (kind, status) => {
    const { simulator, get } = await startSimulator();
    simulator.faults.add({ kind, seconds: 7 });
    const answer = await get('/v2/devices');
    expect(answer.status).toBe(status);
    expect(answer.headers.get('retry-after')).toBe(status === 429 ? '7' : null);
    expect((await get('/v2/devices')).status).toBe(200);
  });

  it('html answers 200 with a page instead of JSON', async () => {
    const { simulator, get } = await startSimulator();
    simulator.faults.add({ kind: 'html' });
    const answer = await get('/v2/devices');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('text/html');
    expect(answer.json).toThrow();
  });

  it('hang never answers, and closing the simulator still works', async () => {
    const { simulator, url } = await startSimulator();
    simulator.faults.add({ kind: 'hang' });
    await expect(fetch(`${url}/v2/devices`, { signal: AbortSignal.timeout(150) })).rejects.toThrow('timeout');
  });

  it('can hit the token endpoint', async () => {
    const { simulator, token } = await startSimulator();
    simulator.faults.add({ kind: 'server-error', target: '/oauth/token', status: 502 });
    expect((await token()).status).toBe(502);
    expect((await token()).status).toBe(200);
  });
});

describe('body faults', () => {
  it('truncated-json ends in the middle', async () => {
    const { simulator, get } = await startSimulator();
    simulator.faults.add({ kind: 'truncated-json' });
    const answer = await get('/v2/devices');
    expect(answer.status).toBe(200);
    expect(answer.json).toThrow(SyntaxError);
  });

  it('connection-cut breaks off while sending', async () => {
    const { simulator, get } = await startSimulator();
    simulator.faults.add({ kind: 'connection-cut' });
    await expect(get('/v2/devices')).rejects.toThrow();
  });

  it('null-body takes the place of each kind of list', async () => {
    const { simulator, get } = await startSimulator();
    simulator.faults.add({ kind: 'null-body', times: 3 });
    expect((await get('/v2/devices')).json()).toBeNull();
    expect((await get('/v2/queries/os-patches')).json()).toMatchObject({ results: null });
    expect((await get('/v2/activities')).json()).toMatchObject({ activities: null });
  });

  it('null-names and null-lists spoil the rows and spare the list', async () => {
    const { simulator, get } = await startSimulator({ devices: 5 });
    simulator.faults.add({ kind: 'null-names' });
    simulator.faults.add({ kind: 'null-lists' });
    const rows = (await get('/v2/devices-detailed')).rows();
    expect(rows).toHaveLength(5);
    expect(rows[0]).toMatchObject({ displayName: null, systemName: null, ipAddresses: null });
  });

  it('unknown-enums sends words nobody knows', async () => {
    const { simulator, get } = await startSimulator();
    simulator.faults.add({ kind: 'unknown-enums' });
    const { results } = reportPage(await get('/v2/queries/os-patches'));
    expect(results[0]).toMatchObject({ status: 'SOMETHING_NEW', severity: 'SOMETHING_NEW', type: 'SOMETHING_NEW' });
  });

  it('milliseconds and clock-skew change times only', async () => {
    const { simulator, get } = await startSimulator();
    const [honest] = activityPage(await get('/v2/activities?pageSize=10')).activities;
    simulator.faults.add({ kind: 'milliseconds' });
    const [scaled] = activityPage(await get('/v2/activities?pageSize=10')).activities;
    simulator.faults.add({ kind: 'clock-skew', seconds: 600 });
    const [skewed] = activityPage(await get('/v2/activities?pageSize=10')).activities;
    expect(scaled).toEqual({ ...honest, activityTime: Number(honest?.activityTime) * 1000 });
    expect(skewed).toEqual({ ...honest, activityTime: Number(honest?.activityTime) + 600 });
  });

  it('bare-cursor sends the name as a string', async () => {
    const { simulator, get } = await startSimulator();
    simulator.faults.add({ kind: 'bare-cursor' });
    const { cursor } = z.object({ cursor: z.string() }).parse((await get('/v2/queries/os-patches?pageSize=2')).json());
    expect((await get(`/v2/queries/os-patches?cursor=${cursor}`)).status).toBe(200);
  });
});

describe('page faults', () => {
  it('empty-fleet and half-fleet hide devices from lists and reports', async () => {
    const { simulator, get } = await startSimulator({ devices: 40 });
    simulator.faults.add({ kind: 'empty-fleet', times: 2 });
    expect((await get('/v2/devices')).rows()).toEqual([]);
    expect(reportPage(await get('/v2/queries/device-health')).results).toEqual([]);
    simulator.faults.add({ kind: 'half-fleet', target: '/queries/*' });
    expect(reportPage(await get('/v2/queries/device-health')).results).toHaveLength(20);
    expect((await get('/v2/devices')).rows()).toHaveLength(40);
  });

  it('paging-loop never ends in any of the three styles', async () => {
    const { simulator, get } = await startSimulator({ devices: 40 });
    simulator.faults.add({ kind: 'paging-loop', times: 'forever' });
    expect((await get('/v2/devices?pageSize=5&after=1005')).rows()[0]).toMatchObject({ id: 1001 });
    const first = reportPage(await get('/v2/queries/os-patches?pageSize=5'));
    const next = reportPage(await get(`/v2/queries/os-patches?pageSize=5&cursor=${first.cursor.name}`));
    expect(next.results).toEqual(first.results);
    const newest = activityPage(await get('/v2/activities?pageSize=10'));
    const older = activityPage(
      await get(`/v2/activities?pageSize=10&olderThan=${String(newest.activities.at(-1)?.id)}`),
    );
    expect(older).toEqual(newest);
  });

  it('duplicate-rows repeats the last row of a page on the next', async () => {
    const { simulator, get } = await startSimulator({ devices: 40 });
    simulator.faults.add({ kind: 'duplicate-rows', times: 'forever' });
    expect((await get('/v2/devices?pageSize=5&after=1005')).rows()[0]).toMatchObject({ id: 1005 });
    const first = reportPage(await get('/v2/queries/os-patches?pageSize=5'));
    const next = reportPage(await get(`/v2/queries/os-patches?pageSize=5&cursor=${first.cursor.name}`));
    expect(next.results[0]).toEqual(first.results.at(-1));
    const newest = activityPage(await get('/v2/activities?pageSize=10')).activities;
    const older = activityPage(await get(`/v2/activities?pageSize=10&olderThan=${String(newest.at(-1)?.id)}`));
    expect(older.activities[0]).toEqual(newest.at(-1));
  });
});

describe('activity faults', () => {
  const codes = async (get: (path: string) => ReturnType<Awaited<ReturnType<typeof startSimulator>>['get']>) =>
    activityPage(await get('/v2/activities')).activities.map(({ statusCode }) => statusCode);

  it('activity-lost is never logged', async () => {
    const { simulator, get, control } = await startSimulator({ historyActivities: 0 });
    simulator.faults.add({ kind: 'activity-lost', target: 'SYSTEM_REBOOTED' });
    await control('POST', '/device/1001/boot');
    expect(await codes(get)).toEqual([]);
    await control('POST', '/device/1001/boot');
    expect(await codes(get)).toEqual(['SYSTEM_REBOOTED']);
  });

  it('activity-late shows up later with its own time', async () => {
    const { simulator, get, control, pass, clock } = await startSimulator({ historyActivities: 0 });
    simulator.faults.add({ kind: 'activity-late', seconds: 300 });
    const happened = clock.now();
    await control('POST', '/device/1001/boot');
    pass(299);
    expect(await codes(get)).toEqual([]);
    pass(1);
    expect(activityPage(await get('/v2/activities')).activities[0]?.activityTime).toBe(happened);
  });

  it('activity-hidden appears below an id that was already read', async () => {
    const { simulator, get, control, pass } = await startSimulator({ historyActivities: 0 });
    simulator.faults.add({ kind: 'activity-hidden', seconds: 300 });
    await control('POST', '/device/1001/boot');
    await control('POST', '/device/1002/boot');
    const read = activityPage(await get('/v2/activities'));
    expect(read.activities.map(({ deviceId }) => deviceId)).toEqual([1002]);
    pass(300);
    expect(activityPage(await get(`/v2/activities?newerThan=${String(read.lastActivityId)}`)).activities).toEqual([]);
    expect(await codes(get)).toHaveLength(2);
  });

  it('activity-duplicated is logged twice under two ids', async () => {
    const { simulator, get, control } = await startSimulator({ historyActivities: 0 });
    simulator.faults.add({ kind: 'activity-duplicated' });
    await control('POST', '/device/1001/boot');
    const [second, first] = activityPage(await get('/v2/activities')).activities;
    expect(second).toEqual({ ...first, id: second?.id });
    expect(second?.id).toBeGreaterThan(Number(first?.id));
  });

  it('activity-out-of-order changes places with the next', async () => {
    const { simulator, get, control, pass } = await startSimulator({ historyActivities: 0 });
    simulator.faults.add({ kind: 'activity-out-of-order' });
    await control('POST', '/device/1001/boot');
    pass(10);
    await control('POST', '/device/1002/boot');
    expect(activityPage(await get('/v2/activities')).activities.map(({ deviceId }) => deviceId)).toEqual([1001, 1002]);
  });
});

it('has no kind in two families', () => {
  const kinds = [...REQUEST_FAULTS, ...BODY_FAULTS, ...PAGE_FAULTS, ...ACTIVITY_FAULTS, ...WEBHOOK_FAULTS];
  expect(new Set(kinds).size).toBe(kinds.length);
});
