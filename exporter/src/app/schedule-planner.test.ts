import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ScheduleConfig } from '../config/schema.ts';
import { defaultPolicy } from '../domain/policy.ts';
import { fromRfc3339 } from '../domain/time.ts';
import { EventLog } from '../fleet/event-log.ts';
import { Fleet } from '../fleet/fleet.ts';
import { SourceBoard } from '../fleet/source-board.ts';
import type { Windows } from '../http/deps.ts';
import { openStore } from '../store/open-store.ts';
import type { PatchStore } from '../store/patch-store.ts';
import { SuppressionController } from '../watcher/controller.ts';
import { planSchedules, type SchedulePlannerDeps } from './schedule-planner.ts';
import { createWindows } from './windows.ts';

const hour = 3600;
/** The evening before the Friday after the second Tuesday of November 2026. */
const start = fromRfc3339('2026-11-12T20:00:00Z') ?? 0;
const friday = fromRfc3339('2026-11-13T02:00:00Z') ?? 0;

const none = { tags: [], sites: [], organizations: [], devices: [], groups: [], os: [] };
const schedule: ScheduleConfig = {
  name: 'friday-after-patch-tuesday',
  reason: 'patch night',
  match: { ...none, groups: ['Production'] },
  recurrence: {
    rule: 'FREQ=MONTHLY;BYDAY=2TU',
    offsetDays: 3,
    at: '02:00',
    timeZone: 'UTC',
    durationSeconds: 3 * hour,
    exclude: [],
  },
};

let now: number;
let schedules: readonly ScheduleConfig[];
let store: PatchStore;
let fleet: Fleet;
let log: EventLog;
let windows: Windows;
let controller: SuppressionController;

const deps = (): SchedulePlannerDeps => ({
  clock: { now: () => now },
  fleet,
  log,
  store,
  windows,
  schedules: () => schedules,
});
const round = () => planSchedules(deps());
const step = () => controller.step({ outages: new Map(), up: new Set(), complete: true });
const planned = (device: string) => fleet.state(device)?.planned ?? [];
const known = () => store.queryWindows({ scope: 'all', from: 0, limit: 100 });

async function addDevice(vendorId: string, groups: readonly string[]): Promise<void> {
  await log.append([
    {
      source: 'ninja',
      dedupKey: `observed-${vendorId}`,
      organization: 'acme',
      device: `ninja:${vendorId}`,
      occurredAt: now - 60,
      receivedAt: now,
      type: 'device.observed',
      data: { vendorId, organization: 'acme', groups, tags: [], displayName: vendorId, hostNames: [], ipAddresses: [] },
    },
  ]);
}

beforeEach(async () => {
  now = start;
  schedules = [schedule];
  store = await openStore('sqlite::memory:');
  const clock = { now: () => now };
  const sources = new SourceBoard();
  fleet = new Fleet({ clock, sources, policy: () => defaultPolicy.compliance, perOrganization: () => true });
  log = new EventLog(store, fleet);
  const policy = () => defaultPolicy;
  const recorder = { decision: () => undefined, windowClosed: () => undefined };
  const requestLookup = () => undefined;
  controller = new SuppressionController({ clock, store, fleet, sources, policy, recorder, requestLookup });
  log.onFolded((devices) => {
    controller.noteChanged(devices);
  });
  windows = createWindows({ clock, fleet, log, store, controller, policy });
  await addDevice('1', ['Production']);
  await addDevice('2', ['Test']);
  await addDevice('3', ['Production']);
  fleet.setIdentities(
    new Map([
      ['ninja:1', { status: 'matched', instance: 'i:1', by: 'discovery' }],
      ['ninja:2', { status: 'matched', instance: 'i:2', by: 'discovery' }],
      ['ninja:3', { status: 'unmatched' }],
    ]),
  );
});
afterEach(() => store.close());

describe('planSchedules', () => {
  it('plans the next day for matched devices of the schedule, visible before it begins, and once', async () => {
    await round();
    await round();
    expect(planned('ninja:1')).toMatchObject([{ start: friday, end: friday + 3 * hour, reason: 'patch night' }]);
    expect(planned('ninja:2')).toEqual([]);
    expect(planned('ninja:3')).toEqual([]);
    expect(await known()).toMatchObject([{ device: 'ninja:1', owner: 'schedule:friday-after-patch-tuesday' }]);
  });

  it('plans nothing that is further away than a day', async () => {
    now = friday - 25 * hour;
    await round();
    expect(planned('ninja:1')).toEqual([]);
  });

  it('opens at the begin, under the id that was announced, and mutes nothing before', async () => {
    await round();
    await step();
    expect(fleet.get('ninja:1')?.maintenance).toBeUndefined();
    now = friday + 1;
    await step();
    const [window] = await known();
    expect(fleet.get('ninja:1')?.maintenance).toMatchObject({ id: window?.id, endsAt: friday + 3 * hour });
  });

  it('takes in a device that is matched later, also while the maintenance runs', async () => {
    await round();
    now = friday + hour;
    fleet.setIdentities(new Map([['ninja:3', { status: 'matched', instance: 'i:3', by: 'discovery' }]]));
    await round();
    await step();
    expect(fleet.get('ninja:3')?.maintenance).toMatchObject({ endsAt: friday + 3 * hour });
  });

  it('takes back what the configuration no longer says, before the begin and while it runs', async () => {
    await round();
    schedules = [];
    await round();
    expect(planned('ninja:1')).toMatchObject([{ end: start }]);
    expect(await known()).toMatchObject([{ outcome: 'cancelled' }]);

    schedules = [{ ...schedule, name: 'again' }];
    now = friday + 60;
    await round();
    await step();
    expect(fleet.get('ninja:1')?.maintenance?.closedAt).toBeUndefined();
    schedules = [];
    now += 60;
    await round();
    await step();
    expect(fleet.get('ninja:1')?.maintenance).toMatchObject({ outcome: 'cancelled', closedAt: now });
  });

  it('takes back a plan whose window is over already: it must not explain the next outage', async () => {
    await round();
    now = friday + 60;
    await step();
    const window = fleet.get('ninja:1')?.maintenance;
    if (window === undefined) throw new Error('no window');
    const verified = { ...window, closedAt: now, outcome: 'verified' as const };
    await store.recordDecisions([verified], []);
    fleet.putWindows([verified]);
    schedules = [];
    now += 60;
    await round();
    expect(planned('ninja:1')).toMatchObject([{ end: now }]);
  });

  it('takes back a plan whose window was never stored', async () => {
    const broken = { recordDecisions: () => Promise.reject(new Error('disk full')) };
    await expect(planSchedules({ ...deps(), store: broken })).rejects.toThrow('disk full');
    expect(planned('ninja:1')).toHaveLength(1);
    schedules = [];
    now += 60;
    await round();
    expect(planned('ninja:1')).toMatchObject([{ end: now }]);
  });

  it('does not plan again what a person cancelled', async () => {
    await round();
    const [window] = await known();
    await windows.cancel(window?.id ?? '', 'release day', 'ada');
    now += 60;
    await round();
    now = friday + 60;
    await round();
    await step();
    expect(fleet.get('ninja:1')?.maintenance?.outcome ?? 'cancelled').toBe('cancelled');
    expect(await known()).toMatchObject([{ outcome: 'cancelled' }]);
  });
});
