import { describe, expect, it } from 'vitest';
import type { ScriptReply } from './routes/actions.ts';
import { activityPage, START, startSimulator } from './test-client.ts';

const NAMED = [{ systemName: 'PH-SQL01' }, { systemName: 'PH-SW01', nodeClass: 'NMS_SWITCH' as const }];
const quiet = { named: NAMED, historyActivities: 0 };
const maintenance = (end: unknown) => ({ disabledFeatures: ['ALERTS'], end, reasonMessage: 'patch night' });

describe('maintenance', () => {
  it('is read back from the device, ends by itself, and can be cancelled', async () => {
    const { send, get, pass } = await startSimulator(quiet);
    const path = '/v2/device/1001/maintenance';
    const end = new Date((START + 600) * 1_000).toISOString();
    expect((await send('PUT', path, maintenance(end))).status).toBe(204);
    const block = { status: 'IN_MAINTENANCE', start: START, end: START + 600, reasonMessage: 'patch night' };
    expect((await get('/v2/device/1001')).json()).toMatchObject({ maintenance: block });
    pass(600);
    expect((await get('/v2/device/1001')).json()).not.toHaveProperty('maintenance');
    await send('PUT', path, maintenance(new Date((START + 2_000) * 1_000).toISOString()));
    await send('DELETE', path);
    expect((await get('/v2/device/1001')).json()).not.toHaveProperty('maintenance');
  });

  it('reads bare numbers in the unit it was set to', async () => {
    const milliseconds = await startSimulator(quiet);
    const path = '/v2/device/1001/maintenance';
    expect((await milliseconds.send('PUT', path, maintenance(START + 600))).status).toBe(400);
    expect((await milliseconds.send('PUT', path, maintenance((START + 600) * 1_000))).status).toBe(204);
    const seconds = await startSimulator({ ...quiet, maintenanceNumberUnit: 'seconds' });
    expect((await seconds.send('PUT', path, maintenance(START + 600))).status).toBe(204);
  });

  it.each([
    { disabledFeatures: [], end: '2030-01-01T00:00:00Z' },
    { disabledFeatures: ['ALERTS'] },
    { ...maintenance(0), extra: 1 },
  ])('refuses %j', async (body) => {
    const { send } = await startSimulator(quiet);
    expect((await send('PUT', '/v2/device/1001/maintenance', body)).status).toBe(400);
  });
});

describe('orders', () => {
  it('a reboot takes the device down and brings it back', async () => {
    const { send, get, pass } = await startSimulator(quiet);
    expect((await send('POST', '/v2/device/1001/reboot/NORMAL', { reason: 'test' })).status).toBe(204);
    pass(10);
    expect((await get('/v2/device/1001')).json()).toMatchObject({ offline: true });
    pass(240);
    expect((await get('/v2/device/1001')).json()).toMatchObject({ offline: false, os: { lastBootTime: START + 250 } });
    expect((await send('POST', '/v2/device/1001/reboot/SOFT', {})).status).toBe(400);
  });

  it('apply installs what is approved and leaves the reboot to somebody else', async () => {
    const { send, get, pass } = await startSimulator(quiet);
    expect((await send('POST', '/v2/device/1001/patch/os/apply')).status).toBe(204);
    pass(3_600);
    const { activities } = activityPage(await get('/v2/device/1001/activities'));
    expect(activities[0]).toMatchObject({ statusCode: 'PATCH_MANAGEMENT_APPLY_PATCH_COMPLETED' });
    expect((await get('/v2/device/1001')).json()).toMatchObject({ offline: false, os: { needsReboot: true } });
    expect((await get('/v2/device/1001/os-patches?status=APPROVED')).rows()).toEqual([]);
  });

  it('scan reports its start and end and installs nothing', async () => {
    const { send, get, pass } = await startSimulator(quiet);
    const before = (await get('/v2/device/1001/os-patch-installs')).rows();
    await send('POST', '/v2/device/1001/patch/os/scan');
    pass(3_600);
    expect(activityPage(await get('/v2/activities')).activities.map(({ statusCode }) => statusCode)).toEqual([
      'PATCH_MANAGEMENT_SCAN_COMPLETED',
      'PATCH_MANAGEMENT_SCAN_STARTED',
    ]);
    expect((await get('/v2/device/1001/os-patch-installs')).rows()).toEqual(before);
  });

  it('patching a switch is not applicable', async () => {
    const { send } = await startSimulator(quiet);
    expect((await send('POST', '/v2/device/1002/patch/os/scan')).status).toBe(400);
  });

  it.each<[ScriptReply, number, RegExp]>([
    ['empty', 204, /^$/],
    ['number', 200, /^\d+$/],
    ['uuid', 200, /^"[0-9a-f-]{36}"$/],
    ['activity-id', 200, /^\{"activityId":\d+\}$/],
    ['id', 200, /^\{"id":\d+\}$/],
    ['job-uid', 200, /^\{"jobUid":"[0-9a-f-]{36}"\}$/],
  ])('a script answers in the form %s', async (scriptReply, status, body) => {
    const { send } = await startSimulator({ ...quiet, scriptReply });
    const answer = await send('POST', '/v2/device/1001/script/run', { type: 'SCRIPT', id: 418, runAs: 'system' });
    expect(answer.status).toBe(status);
    expect(answer.text).toMatch(body);
  });

  it('a script ends as its hook says', async () => {
    const { send, get } = await startSimulator({
      ...quiet,
      onScript: ({ parameters }) => (parameters === '-Fail' ? 'FAILURE' : 'SUCCESS'),
    });
    await send('POST', '/v2/device/1001/script/run', { type: 'SCRIPT', id: 418, parameters: '-Fail' });
    const { activities } = activityPage(await get('/v2/activities'));
    expect(activities[0]).toMatchObject({
      activityType: 'SCRIPTING',
      statusCode: 'COMPLETED',
      activityResult: 'FAILURE',
      subject: '418',
    });
    expect((await send('POST', '/v2/device/1001/script/run', { type: 'SCRIPT' })).status).toBe(400);
  });

  it('a stopped service shows in both lists and in the activities', async () => {
    const { control, get } = await startSimulator(quiet);
    expect((await control('POST', '/device/1001/service', { name: 'MSSQLSERVER', state: 'STOPPED' })).status).toBe(204);
    expect((await get('/v2/device/1001/windows-services?state=STOPPED')).rows()).toMatchObject([
      { name: 'MSSQLSERVER' },
    ]);
    expect((await get('/v2/queries/windows-services?name=MSSQLSERVER&state=STOPPED')).json()).toMatchObject({
      cursor: { count: 1 },
    });
    expect((await control('POST', '/device/1001/service', { name: 'nothing', state: 'STOPPED' })).status).toBe(404);
  });

  it('a removed device is gone everywhere', async () => {
    const { control, get } = await startSimulator(quiet);
    await control('POST', '/device/1001/remove');
    expect((await get('/v2/device/1001')).status).toBe(404);
    expect((await get('/v2/devices?pageSize=1')).rows()).toMatchObject([{ id: 1002 }]);
    expect((await get('/v2/queries/os-patches?df=id=1001')).json()).toMatchObject({ results: [] });
  });
});

describe('control API', () => {
  it('is not served unless it is asked for', async () => {
    const { control } = await startSimulator({ controlApi: false });
    expect((await control('GET', '/state')).status).toBe(404);
  });

  it('shows what has changed, what was asked, and what was ignored', async () => {
    const { control, get } = await startSimulator(quiet);
    await control('POST', '/device/1001/offline');
    await get('/v2/devices?df=organisation = 3');
    await get('/v2/organizations?of=name');
    await get('/v2/device/1001');
    const state = (await control('GET', '/state')).json();
    expect(state).toMatchObject({
      changed: [{ id: 1001, offline: true }],
      warnings: ['df token without effect: organisation = 3', 'of has no effect on /organizations'],
      requests: { 'GET /device/{id}': 1, 'GET /devices': 1 },
    });
  });

  it('can end all tokens', async () => {
    const { control, get } = await startSimulator();
    await control('POST', '/tokens/revoke');
    expect((await get('/v2/roles')).status).toBe(401);
  });
});
