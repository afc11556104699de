import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startPagerDuty, type PagerDutyFake } from './pagerduty.ts';

const routingKey = '0123456789abcdef0123456789abcdef';
const payload = { summary: 'hbr-sql01 is down', source: 'hbr-sql01', severity: 'critical' };
const trigger = { routing_key: routingKey, event_action: 'trigger', dedup_key: 'hbr-sql01', payload };
const acknowledge = { routing_key: routingKey, event_action: 'acknowledge', dedup_key: 'hbr-sql01' };
const resolve = { routing_key: routingKey, event_action: 'resolve', dedup_key: 'hbr-sql01' };

const time = { nowUnixSeconds: 1_790_000_000 };
let pagerDuty: PagerDutyFake;

beforeEach(async () => {
  time.nowUnixSeconds = 1_790_000_000;
  pagerDuty = await startPagerDuty({ clock: { now: () => time.nowUnixSeconds } });
});

afterEach(async () => {
  await pagerDuty.down();
});

async function enqueue(event: unknown, init: RequestInit = {}): Promise<{ status: number; body: unknown }> {
  const response = await fetch(pagerDuty.enqueueUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof event === 'string' ? event : JSON.stringify(event),
    ...init,
  });
  return { status: response.status, body: await response.json() };
}

describe('incidents of the PagerDuty fake', () => {
  it('opens one incident for a trigger and answers 202 with the key', async () => {
    expect(await enqueue(trigger)).toEqual({
      status: 202,
      body: { status: 'success', message: 'Event processed', dedup_key: 'hbr-sql01' },
    });
    expect(pagerDuty.open()).toMatchObject([
      { dedupKey: 'hbr-sql01', status: 'triggered', triggeredAtUnixSeconds: 1_790_000_000, triggerCount: 1 },
    ]);
  });

  it('updates the open incident when the same key triggers again', async () => {
    await enqueue(trigger);
    await enqueue({ ...trigger, payload: { ...payload, summary: 'still down' } });
    expect(pagerDuty.incidents()).toMatchObject([{ summary: 'still down', triggerCount: 2 }]);
  });

  it('closes the incident with the time of the resolve, after an acknowledge too', async () => {
    await enqueue(trigger);
    await enqueue(acknowledge);
    time.nowUnixSeconds += 90;
    await enqueue(resolve);
    expect(pagerDuty.open()).toEqual([]);
    expect(pagerDuty.incidents()).toMatchObject([
      {
        status: 'resolved',
        triggeredAtUnixSeconds: 1_790_000_000,
        acknowledgedAtUnixSeconds: 1_790_000_000,
        resolvedAtUnixSeconds: 1_790_000_090,
      },
    ]);
  });

  it('opens a new incident when a resolved key triggers again', async () => {
    for (const event of [trigger, resolve, trigger]) await enqueue(event);
    expect(pagerDuty.incidents().map(({ status }) => status)).toEqual(['resolved', 'triggered']);
  });

  it('drops a resolve for an unknown key with 202', async () => {
    expect((await enqueue(resolve)).status).toBe(202);
    expect(pagerDuty.events().map(({ effect }) => effect)).toEqual(['dropped']);
    expect(pagerDuty.incidents()).toEqual([]);
  });

  it('keeps the same dedup key apart under two routing keys', async () => {
    const other = 'f'.repeat(32);
    await enqueue(trigger);
    await enqueue({ ...resolve, routing_key: other });
    expect(pagerDuty.open()).toHaveLength(1);
  });

  it('gives a trigger without a key a new one each time', async () => {
    const anonymous = { routing_key: routingKey, event_action: 'trigger', payload };
    await enqueue(anonymous);
    await enqueue(anonymous);
    expect(new Set(pagerDuty.open().map(({ dedupKey }) => dedupKey)).size).toBe(2);
  });

  it('tells listeners until they leave, and finds a page that comes later', async () => {
    const effects: string[] = [];
    const leave = pagerDuty.onEvent(({ effect }) => effects.push(effect));
    const page = pagerDuty.waitForPage(({ source }) => source === 'hbr-sql01', 2000);
    await enqueue(trigger);
    leave();
    await enqueue(resolve);
    expect(effects).toEqual(['opened']);
    expect((await page).summary).toBe('hbr-sql01 is down');
  });
});

describe('calls the PagerDuty fake refuses', () => {
  it.each([
    ['a routing key of the wrong length', { ...trigger, routing_key: 'short' }],
    ['an unknown action', { ...trigger, event_action: 'close' }],
    ['a severity in capitals', { ...trigger, payload: { ...payload, severity: 'CRITICAL' } }],
    ['a trigger without payload', { ...trigger, payload: undefined }],
    ['a trigger without source', { ...trigger, payload: { ...payload, source: undefined } }],
    ['an empty summary', { ...trigger, payload: { ...payload, summary: '' } }],
    ['a summary over 1024 characters', { ...trigger, payload: { ...payload, summary: 'x'.repeat(1025) } }],
    ['a dedup key over 255 characters', { ...trigger, dedup_key: 'x'.repeat(256) }],
    ['a resolve without a key', { ...resolve, dedup_key: undefined }],
    ['details that are no object', { ...trigger, payload: { ...payload, custom_details: ['KB1'] } }],
    ['a timestamp without zone', { ...trigger, payload: { ...payload, timestamp: '2026-08-11T13:05:00' } }],
    ['an image over plain http', { ...trigger, images: [{ src: 'http://example.net/a.png' }] }],
    ['a link without href', { ...trigger, links: [{ text: 'runbook' }] }],
    ['a field outside the contract', { ...trigger, payload: { ...payload, sumary: 'typo' } }],
    ['a body that is not JSON', 'trigger=yes'],
  ])('answers 400 to %s', async (_case, event) => {
    expect((await enqueue(event)).status).toBe(400);
    expect(pagerDuty.refused()).toHaveLength(1);
    expect(pagerDuty.incidents()).toEqual([]);
  });

  it.each([
    ['the longest summary', { ...trigger, payload: { ...payload, summary: 'x'.repeat(1024) } }],
    ['a timestamp with +0000', { ...trigger, payload: { ...payload, timestamp: '2026-08-11T13:05:00.000+0000' } }],
    ['a resolve that repeats its payload', { ...resolve, payload }],
  ])('accepts %s', async (_case, event) => {
    expect((await enqueue(event)).status).toBe(202);
  });

  it('answers 413 to an event over 512 KB and 400 to another content type', async () => {
    const padding = { ...trigger, payload: { ...payload, custom_details: { log: 'x'.repeat(512_000) } } };
    expect((await enqueue(padding)).status).toBe(413);
    expect((await enqueue(trigger, { headers: { 'content-type': 'text/plain' } })).status).toBe(400);
  });

  it('answers 429 to the 121st call of a minute and takes it a minute later', async () => {
    for (let call = 0; call < 120; call += 1) await enqueue(resolve);
    expect((await enqueue(trigger)).status).toBe(429);
    expect(pagerDuty.incidents()).toEqual([]);
    time.nowUnixSeconds += 61;
    expect((await enqueue(trigger)).status).toBe(202);
  });

  it('records nothing during an outage', async () => {
    pagerDuty.failWith(503);
    expect((await enqueue(trigger)).status).toBe(503);
    pagerDuty.failWith(undefined);
    expect(pagerDuty.incidents()).toEqual([]);
    expect((await enqueue(trigger)).status).toBe(202);
  });
});

it('answers 400 to a routing key that does not exist when the keys are known', async () => {
  await pagerDuty.down();
  pagerDuty = await startPagerDuty({ routingKeys: ['a'.repeat(32)] });
  expect((await enqueue(trigger)).status).toBe(400);
});
