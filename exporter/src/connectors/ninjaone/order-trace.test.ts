import { describe, expect, it } from 'vitest';
import type { Order, OrderRequest } from '../../domain/order.ts';
import type { Activity } from './api-schema.ts';
import { handleOf, outcomeOfReboot, outcomeOfScript } from './order-trace.ts';

const T = 1_786_000_000;
const uuid = 'a53bd1f0-4d3a-4c11-9c7e-0f4f2c1b7a10';
const other = 'b53bd1f0-4d3a-4c11-9c7e-0f4f2c1b7a10';
const rebootActions = new Set(['reboot']);

function anOrder(request: OrderRequest, more: Partial<Order> = {}): Order {
  return { id: 'o', request, reason: 'r', owner: 'ops', placedAt: T, state: 'unknown', text: '', ...more };
}
const reboot = anOrder({ action: 'reboot', mode: 'normal' });
const script = anOrder({ action: 'script', script: '418', arguments: [] });

let ids = 100;
function activity(more: Partial<Activity>): Activity {
  ids += 1;
  return {
    id: ids,
    activityTime: T + 1,
    deviceId: 1001,
    seriesUid: uuid,
    activityType: 'SCRIPTING',
    statusCode: 'START_REQUESTED',
    activityResult: null,
    sourceName: 'Script',
    subject: '418',
    message: null,
    ...more,
  };
}
const action = (statusCode: string, more: Partial<Activity> = {}) =>
  activity({ activityType: 'ACTION', sourceName: 'Reboot', statusCode, ...more });

describe('handleOf', () => {
  it.each<[unknown, string | undefined]>([
    [undefined, undefined],
    [null, undefined],
    ['', undefined],
    ['queued', undefined],
    [918273655, 'activity:918273655'],
    [1.5, undefined],
    [uuid.toUpperCase(), `series:${uuid}`],
    [{ activityId: 7 }, 'activity:7'],
    [{ id: 7 }, 'activity:7'],
    [{ id: uuid }, `series:${uuid}`],
    [{ jobUid: uuid }, `series:${uuid}`],
    [{ id: { id: { id: 7 } } }, undefined],
    [[7], undefined],
    [{ other: 7 }, undefined],
  ])('of %j is %s', (reply, handle) => {
    expect(handleOf(reply)).toBe(handle);
  });
});

describe('outcomeOfReboot', () => {
  it.each<[string, readonly Activity[], string | undefined]>([
    ['nothing', [], undefined],
    ['an order to somebody else’s script', [activity({})], undefined],
    ['a reboot of an hour ago', [action('STARTED', { activityTime: T - 3600 })], undefined],
    ['a reboot without a time', [action('STARTED', { activityTime: null })], undefined],
    ['the action that began', [action('START_REQUESTED')], 'accepted'],
    ['the action that was passed on', [action('COMPLETED', { activityResult: 'SUCCESS' })], 'accepted'],
    ['an agent that is offline', [action('COMPLETED', { activityResult: 'AGENT_OFFLINE' })], 'failed'],
    ['one that was cancelled', [action('CANCELLED'), action('START_REQUESTED')], 'failed'],
    ['the boot', [activity({ activityType: 'MONITOR', statusCode: 'SYSTEM_REBOOTED' }), action('STARTED')], 'done'],
  ])('sees in %s: %s', (_what, activities, state) => {
    expect(outcomeOfReboot(reboot, activities, rebootActions)?.state).toBe(state);
  });

  it('has no news of one that was accepted and only began', () => {
    expect(outcomeOfReboot({ ...reboot, state: 'accepted' }, [action('STARTED')], rebootActions)).toBeUndefined();
  });
});

describe('outcomeOfScript', () => {
  const done = { statusCode: 'COMPLETED', activityResult: 'SUCCESS' };
  it.each<[string, Partial<Order>, readonly Activity[], string | undefined]>([
    ['nothing', {}, [], undefined],
    ['the only run since', {}, [activity(done), activity({})], 'done'],
    ['a run that failed', {}, [activity({ statusCode: 'COMPLETED', activityResult: 'FAILURE' })], 'failed'],
    ['a run that was blocked', {}, [activity({ statusCode: 'BLOCKED' })], 'failed'],
    ['a run that goes on', {}, [activity({ statusCode: 'IN_PROCESS' })], 'accepted'],
    ['a result it cannot read', {}, [activity({ statusCode: 'COMPLETED', activityResult: 'SORT_OF' })], 'accepted'],
    ['two runs, either of which it could be', {}, [activity(done), activity({ ...done, seriesUid: other })], undefined],
    [
      'two runs, one of them named',
      { ref: `series:${other}` },
      [activity({}), activity({ ...done, seriesUid: other })],
      'done',
    ],
    [
      'two runs, one named by its activity',
      { ref: 'activity:7' },
      [activity({}), activity({ ...done, id: 7, seriesUid: other })],
      'done',
    ],
    ['a reboot', {}, [action('COMPLETED', { activityResult: 'SUCCESS' })], undefined],
  ])('sees in %s', (_what, more, activities, state) => {
    expect(outcomeOfScript({ ...script, ...more }, activities, rebootActions)?.state).toBe(state);
  });
});
