import { describe, expect, it } from 'vitest';
import { createReadCounters } from '../tally.ts';
import { mapActivity } from './activities.ts';
import { Activity } from './api-schema.ts';

const rebootActions = new Set(['reboot', 'restart computer']);
const activity = (fields: Record<string, unknown>): Activity =>
  Activity.parse({ id: 7, activityTime: 1786441000.5, deviceId: 5, activityType: 'PATCH_MANAGEMENT', ...fields });
const map = (fields: Record<string, unknown>) => {
  const counters = createReadCounters();
  const event = mapActivity(activity(fields), rebootActions, counters);
  return { event, dropped: counters.dropped.toTally(), unknownWords: counters.unknownWords.toTally() };
};
const apply = (word: string): string => `PATCH_MANAGEMENT_${word}`;

describe('mapActivity', () => {
  it.each([
    [{ statusCode: apply('APPLY_PATCH_STARTED') }, 'patch.install.started'],
    [{ statusCode: apply('APPLY_PATCH_COMPLETED') }, 'patch.install.completed'],
    [{ statusCode: apply('APPLY_PATCH_COMPLETED'), activityResult: 'FAILURE' }, 'patch.install.completed'],
    [{ statusCode: apply('INSTALLED'), activityResult: 'SUCCESS' }, 'patch.installed'],
    [{ statusCode: apply('INSTALLED'), activityResult: 'FAILURE' }, 'patch.install.failed'],
    [{ statusCode: apply('INSTALL_FAILED') }, 'patch.install.failed'],
    [{ statusCode: apply('FAILURE') }, 'patch.install.failed'],
    [{ statusCode: apply('SCAN_COMPLETED') }, undefined],
    [{ statusCode: apply('PATCH_APPROVED') }, undefined],
    [{ activityType: 'ACTION', statusCode: 'START_REQUESTED', sourceName: 'Reboot' }, 'reboot.ordered'],
    [{ activityType: 'SCHEDULED_TASK', statusCode: 'STARTED', subject: ' RESTART computer ' }, 'reboot.started'],
    [{ activityType: 'ACTION', statusCode: 'COMPLETED', sourceName: 'Reboot' }, undefined],
    [{ activityType: 'ACTION', statusCode: 'STARTED', sourceName: 'Restart Print Spooler' }, undefined],
    [{ activityType: 'SCRIPTING', statusCode: 'STARTED', sourceName: 'Reboot' }, undefined],
    [{ activityType: 'MONITOR', statusCode: 'SYSTEM_REBOOTED' }, 'reboot.completed'],
    [{ activityType: 'SOFTWARE_PATCH_MANAGEMENT', statusCode: 'SOFTWARE_PATCH_MANAGEMENT_INSTALLED' }, undefined],
    [{ activityType: null, statusCode: null }, undefined],
  ])('%j is %s', (fields, type) => {
    expect(map(fields).event?.type).toBe(type);
  });

  it.each(['FAILURE', 'UNSUPPORTED', 'UNCOMPLETED', 'AGENT_OFFLINE'])(
    'takes no reboot order that ended in %s',
    (result) => {
      const order = {
        activityType: 'ACTION',
        statusCode: 'START_REQUESTED',
        sourceName: 'Reboot',
        activityResult: result,
      };
      expect(map(order)).toEqual({ event: undefined, dropped: { 'activity.not_done': 1 }, unknownWords: {} });
    },
  );

  it('takes no evidence with a result nobody knows', () => {
    const result = map({ statusCode: apply('APPLY_PATCH_STARTED'), activityResult: 'PERHAPS' });
    expect(result.event).toBeUndefined();
    expect(result.unknownWords).toEqual({ 'activity.result': 1 });
  });

  it.each([
    [{ statusCode: apply('INSTALLED'), deviceId: null }, { 'activity.no_device': 1 }],
    [{ statusCode: apply('INSTALLED'), activityTime: 0 }, { 'activity.no_time': 1 }],
  ])('drops and counts %j', (fields, dropped) => {
    expect(map(fields)).toEqual({ event: undefined, dropped, unknownWords: {} });
  });

  it('counts a patch code it does not know', () => {
    expect(map({ statusCode: apply('LEVITATED') }).unknownWords).toEqual({ 'activity.patch_code': 1 });
  });

  it.each([
    [{ subject: 'KB5041160' }, ['KB5041160']],
    [{ subject: '5041160' }, ['KB5041160']],
    [
      { subject: 'Cumulative Update', message: 'Installed KB5041160, KB 5040442 and KB5041160' },
      ['KB5041160', 'KB5040442'],
    ],
    [{ subject: 'Intel - net - 12.19' }, ['Intel - net - 12.19']],
    [{}, []],
  ])('finds the updates of %j', (fields, ids) => {
    const { event } = map({ statusCode: apply('INSTALLED'), ...fields });
    expect(event?.type === 'patch.installed' && event.data.patches.map(({ id }) => id)).toEqual(ids);
  });

  it('does not take the device name of a patch run for an update', () => {
    expect(map({ statusCode: apply('APPLY_PATCH_STARTED'), subject: 'LDG-FS01' }).event?.data).toEqual({ patches: [] });
  });

  it('keeps the error code and the reason', () => {
    const failed = map({ statusCode: apply('INSTALL_FAILED'), subject: 'KB5041160', message: 'failed (0x80070643)' });
    expect(failed.event?.data).toMatchObject({ code: '0x80070643' });
    const ordered = map({ activityType: 'ACTION', statusCode: 'START_REQUESTED', sourceName: 'Reboot' });
    expect(ordered.event).toMatchObject({ dedupKey: 'activity:7', vendorDeviceId: '5', data: { reason: 'Reboot' } });
  });
});
