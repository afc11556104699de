import { describe, expect, it } from 'vitest';
import type { TestClient } from './test-client.ts';
import { activityPage, START, startSimulator } from './test-client.ts';

const SERVER = 1001;
const KB = 'KB5041160';
const NAMED = [{ systemName: 'PH-SQL01' }, { systemName: 'PH-SQL02' }];
/** 60 scan, 120 for one patch, 60 before the reboot, 10 to shut down, 240 down. */
const GOES_DOWN_SECONDS = 250;
const RETURNS_SECONDS = 490;

interface Story {
  readonly client: TestClient;
  readonly hooks: string[];
  device(): Promise<{ offline: unknown; needsReboot: unknown; lastBootTime: unknown }>;
  codes(): Promise<string[]>;
  pendingKbs(): Promise<unknown[]>;
  installs(): Promise<unknown[]>;
}

async function startNight(variant: string, more: Record<string, unknown> = {}, timeScale = 1): Promise<Story> {
  const hooks: string[] = [];
  const client = await startSimulator({
    named: NAMED,
    historyActivities: 0,
    timeScale,
    hooks: { onDown: (id) => hooks.push(`down ${String(id)}`), onUp: (id) => hooks.push(`up ${String(id)}`) },
  });
  const answer = await client.control('POST', '/patch-night', { deviceIds: [SERVER], kbs: [KB], variant, ...more });
  expect(answer.status).toBe(200);
  const kbRows = async (path: string) => (await client.get(`/v2/device/${String(SERVER)}/${path}`)).rows();
  return {
    client,
    hooks,
    device: async () => {
      const device = (await client.get(`/v2/devices-detailed?df=id=${String(SERVER)}`)).rows()[0];
      const os = device?.['os'] as { needsReboot: unknown; lastBootTime: unknown };
      return { offline: device?.['offline'], needsReboot: os.needsReboot, lastBootTime: os.lastBootTime };
    },
    codes: async () =>
      activityPage(await client.get('/v2/activities'))
        .activities.map(({ statusCode }) => statusCode)
        .reverse(),
    pendingKbs: async () => (await kbRows('os-patches')).map(({ kbNumber }) => kbNumber),
    installs: async () => (await kbRows('os-patch-installs')).filter(({ kbNumber }) => kbNumber === KB),
  };
}

const PATCH_CODES = [
  'PATCH_MANAGEMENT_SCAN_STARTED',
  'PATCH_MANAGEMENT_SCAN_COMPLETED',
  'PATCH_MANAGEMENT_APPLY_PATCH_STARTED',
  'PATCH_MANAGEMENT_INSTALLED',
  'PATCH_MANAGEMENT_APPLY_PATCH_COMPLETED',
];
const REBOOT_CODES = ['START_REQUESTED', 'STARTED', 'COMPLETED'];

describe('a planned patch night', () => {
  it('scans, installs, asks for a reboot, goes down and returns with a new boot time', async () => {
    const { client, hooks, device, codes, pendingKbs, installs } = await startNight('planned');
    client.pass(60);
    expect(await pendingKbs()).toContain(KB);
    client.pass(120);
    expect(await pendingKbs()).not.toContain(KB);
    expect(await installs()).toMatchObject([{ status: 'INSTALLED', installedAt: START + 180, type: 'UNKNOWN' }]);
    expect(await device()).toMatchObject({ offline: false, needsReboot: true });
    client.pass(70);
    expect(await device()).toMatchObject({ offline: true });
    expect(await pendingKbs()).toEqual([]);
    expect(await codes()).toEqual([...PATCH_CODES, ...REBOOT_CODES]);
    client.pass(240);
    expect(await device()).toEqual({ offline: false, needsReboot: false, lastBootTime: START + RETURNS_SECONDS });
    expect(await codes()).toEqual([...PATCH_CODES, ...REBOOT_CODES, 'SYSTEM_REBOOTED']);
    expect(hooks).toEqual([`down ${String(SERVER)}`, `up ${String(SERVER)}`]);
  });

  it('gives the patch run and the reboot one series each', async () => {
    const { client } = await startNight('planned');
    client.pass(RETURNS_SECONDS);
    const { activities } = activityPage(await client.get('/v2/activities'));
    const series = (from: number, to?: number) => new Set(activities.slice(from, to).map(({ seriesUid }) => seriesUid));
    expect(series(0, 4).size).toBe(1);
    expect(series(4).size).toBe(1);
    expect(series(0).size).toBe(2);
  });

  it('starts when it is told to and plays faster on a time scale', async () => {
    const { client, codes, device } = await startNight(
      'planned',
      { at: new Date((START + 3_600) * 1_000).toISOString() },
      10,
    );
    client.pass(3_599);
    expect(await codes()).toEqual([]);
    client.pass(1 + GOES_DOWN_SECONDS / 10);
    expect(await device()).toMatchObject({ offline: true });
    client.pass(24);
    expect(await device()).toMatchObject({ offline: false, lastBootTime: START + 3_600 + RETURNS_SECONDS / 10 });
  });

  it('waits for a device that is offline', async () => {
    const { client, codes } = await startNight('planned', {
      deviceIds: [SERVER + 1],
      at: new Date((START + 10) * 1_000).toISOString(),
    });
    await client.control('POST', `/device/${String(SERVER + 1)}/offline`);
    client.pass(1_000);
    expect(await codes()).toEqual([]);
    await client.control('POST', `/device/${String(SERVER + 1)}/online`);
    client.pass(0);
    expect(await codes()).toEqual(['PATCH_MANAGEMENT_SCAN_STARTED']);
  });

  it('takes all machines of an organization, and only machines', async () => {
    const { control, simulator } = await startSimulator({ devices: 300, organizations: 4 });
    const answer = await control('POST', '/patch-night', { organizationId: 2 });
    const { deviceIds } = answer.json() as { deviceIds: number[] };
    expect(deviceIds.length).toBeGreaterThan(20);
    const devices = deviceIds.map((id) => simulator.fleet.find(id));
    expect(devices.every((device) => device?.organizationIndex === 0 && device.platform.os !== undefined)).toBe(true);
  });

  it.each([{ deviceIds: [1], organizationId: 2 }, {}, { deviceIds: [1001], variant: 'party' }])(
    'refuses %j',
    async (body) => {
      const { control } = await startSimulator();
      expect((await control('POST', '/patch-night', body)).status).toBe(400);
    },
  );
});

describe('variants', () => {
  it('stuck goes down and stays down until somebody boots it', async () => {
    const { client, device, codes, hooks } = await startNight('stuck');
    client.pass(86_400);
    expect(await device()).toMatchObject({ offline: true });
    await client.control('POST', `/device/${String(SERVER)}/boot`);
    expect(await device()).toEqual({ offline: false, needsReboot: false, lastBootTime: START + 86_400 });
    expect((await codes()).at(-1)).toBe('SYSTEM_REBOOTED');
    expect(hooks).toHaveLength(2);
  });

  it('install-failed leaves a FAILED row and neither reboots nor asks for it', async () => {
    const { client, device, codes, installs, hooks } = await startNight('install-failed');
    client.pass(86_400);
    expect(await installs()).toMatchObject([{ status: 'FAILED' }]);
    expect(await codes()).toContain('PATCH_MANAGEMENT_INSTALL_FAILED');
    expect(await codes()).not.toContain('START_REQUESTED');
    expect(await device()).toMatchObject({ offline: false, needsReboot: false });
    expect(hooks).toEqual([]);
  });

  it('no-events changes the snapshots and reports nothing', async () => {
    const { client, device, codes, installs } = await startNight('no-events');
    client.pass(GOES_DOWN_SECONDS);
    expect(await device()).toMatchObject({ offline: true });
    client.pass(240);
    expect(await device()).toMatchObject({ offline: false, lastBootTime: START + RETURNS_SECONDS });
    expect(await installs()).toHaveLength(1);
    expect(await codes()).toEqual([]);
  });

  it('late-events reports everything 15 minutes after it happened', async () => {
    const { client, device, codes } = await startNight('late-events');
    for (let second = 0; second < 899; second += 29) client.pass(29);
    expect(await codes()).toEqual([]);
    expect(await device()).toMatchObject({ offline: false, lastBootTime: START + RETURNS_SECONDS });
    for (let second = 0; second < 600; second += 30) client.pass(30);
    expect(await codes()).toEqual([...PATCH_CODES, ...REBOOT_CODES, 'SYSTEM_REBOOTED']);
    const oldest = activityPage(await client.get('/v2/activities')).activities.at(-1);
    expect(oldest?.activityTime).toBe(START);
  });

  it('never-rebooted keeps asking for its reboot', async () => {
    const { client, device, codes, hooks } = await startNight('never-rebooted');
    client.pass(86_400);
    expect(await device()).toMatchObject({ offline: false, needsReboot: true });
    expect(await codes()).toEqual(PATCH_CODES);
    expect(hooks).toEqual([]);
  });
});
