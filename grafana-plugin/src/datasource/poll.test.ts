import { createDataFrame, FieldType } from '@grafana/data';
import { ExporterClient } from '../shared/api/client';
import { type FakeAnswer, proxyUrl, startFakeExporter } from '../test/fake-exporter';
import { poll, type QueryState } from './poll';

const client = new ExporterClient(proxyUrl);
let answer: FakeAnswer;
let isHidden: boolean;

beforeEach(() => {
  jest.useFakeTimers();
  isHidden = false;
});
afterEach(() => jest.useRealTimers());

function start() {
  const fake = startFakeExporter(() => answer);
  const states: QueryState[] = [];
  const load = async (from: ExporterClient, signal: AbortSignal) => {
    const { items } = await from.get('/sources', { signal });
    return [createDataFrame({ fields: [{ name: 'n', type: FieldType.number, values: [items.length] }] })];
  };
  const subscription = poll(client, load, {
    intervalMs: 5_000,
    now: () => Date.now(),
    isHidden: () => isHidden,
  }).subscribe((state) => states.push(state));
  return { fake, states, subscription };
}

const counts = (states: readonly QueryState[]) => states.map(({ frames }) => frames[0]?.fields[0]?.values[0]);
const sources = (count: number, etag: string): FakeAnswer => ({
  data: { items: Array(count).fill({}) },
  headers: { ETag: etag },
});

describe('poll', () => {
  it('emits at once, then only what has changed', async () => {
    answer = sources(1, '"a"');
    const { fake, states, subscription } = start();
    await jest.advanceTimersByTimeAsync(1);
    answer = { status: 304, data: {} };
    await jest.advanceTimersByTimeAsync(10_000);
    expect(counts(states)).toEqual([1]);
    expect(fake.sent[1]?.headers).toEqual({ 'If-None-Match': '"a"' });
    answer = sources(2, '"b"');
    await jest.advanceTimersByTimeAsync(5_000);
    expect(counts(states)).toEqual([1, 2]);
    subscription.unsubscribe();
  });

  it('sends unchanged frames again after a while, so that the axis moves on', async () => {
    answer = sources(1, '"a"');
    const { states, subscription } = start();
    await jest.advanceTimersByTimeAsync(1);
    answer = { status: 304, data: {} };
    await jest.advanceTimersByTimeAsync(36_000);
    expect(counts(states)).toEqual([1, 1]);
    subscription.unsubscribe();
  });

  it('keeps the last frames when the token expires in between, waits longer, and recovers', async () => {
    answer = sources(1, '"a"');
    const { fake, states, subscription } = start();
    await jest.advanceTimersByTimeAsync(1);
    answer = { status: 400, data: { message: 'Authentication to data source failed' } };
    await jest.advanceTimersByTimeAsync(5_010);
    expect(states.at(-1)).toMatchObject({ error: { kind: 'token' } });
    expect(counts(states).at(-1)).toBe(1);
    const asked = fake.requests.length;
    await jest.advanceTimersByTimeAsync(9_000);
    expect(fake.requests).toHaveLength(asked);
    answer = { status: 304, data: {} };
    await jest.advanceTimersByTimeAsync(1_010);
    expect(states.at(-1)?.error).toBeUndefined();
    expect(counts(states).at(-1)).toBe(1);
    subscription.unsubscribe();
  });

  it('asks nothing while nobody looks', async () => {
    answer = sources(1, '"a"');
    const { fake, subscription } = start();
    await jest.advanceTimersByTimeAsync(1);
    isHidden = true;
    await jest.advanceTimersByTimeAsync(60_000);
    expect(fake.requests).toHaveLength(1);
    isHidden = false;
    await jest.advanceTimersByTimeAsync(5_010);
    expect(fake.requests).toHaveLength(2);
    subscription.unsubscribe();
  });

  it('stops with the subscription, also in the middle of a request', async () => {
    answer = sources(1, '"a"');
    const { fake, states, subscription } = start();
    subscription.unsubscribe();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(fake.requests).toHaveLength(1);
    expect(fake.abandoned).toHaveLength(1);
    expect(states).toEqual([]);
  });
});
