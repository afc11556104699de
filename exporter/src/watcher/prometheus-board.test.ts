import { beforeEach, describe, expect, it } from 'vitest';
import type { PrometheusTrouble } from '../domain/prometheus-trouble.ts';
import { PrometheusBoard } from './prometheus-board.ts';
import { PrometheusError, type PrometheusClient } from './prometheus-client.ts';

const T = 1_780_000_000;
let now = T;
let failure: Error | undefined;
let counted: string[];
let told: string[];
let board: PrometheusBoard;

const client: PrometheusClient = {
  name: 'thanos',
  organizationLabel: null,
  alerts: () => Promise.resolve([]),
  query: () => (failure === undefined ? Promise.resolve([]) : Promise.reject(failure)),
  targets: () => Promise.resolve([]),
};
const partial = (store: string) => new PrometheusError('partial', `answered in part only: ${store}`);
const query = () => board.watch(client, 'verification').query('up');
const troubles = () => board.troubles().map(({ server, use, reason, since }) => [server, use, reason, since]);

beforeEach(() => {
  now = T;
  failure = undefined;
  counted = [];
  told = [];
  board = new PrometheusBoard({
    clock: { now: () => now },
    onError: ({ server, use, reason }) => counted.push(`${server} ${use} ${reason}`),
    onTrouble: ({ message }: PrometheusTrouble) => told.push(message),
    onEnd: ({ server, use }) => told.push(`${server} is well: ${use}`),
  });
});

describe('what is known of a Prometheus', () => {
  it('is nothing while it answers', async () => {
    expect(await query()).toEqual([]);
    expect(board.troubles()).toEqual([]);
  });

  it('says since when it answers in part only, and for what; each failure counts, and still fails', async () => {
    failure = partial('store a');
    await expect(query()).rejects.toBe(failure);
    now = T + 30;
    await expect(query()).rejects.toBe(failure);
    expect(troubles()).toEqual([['thanos', 'verification', 'partial', T]]);
    expect(counted).toEqual(['thanos verification partial', 'thanos verification partial']);
    expect(told).toEqual(['answered in part only: store a']);
  });

  it('is said again when the reason changes, and is over once it has answered for a minute', async () => {
    failure = partial('store a');
    await expect(query()).rejects.toBe(failure);
    failure = new PrometheusError('timeout', 'no answer in time');
    await expect(query()).rejects.toBe(failure);
    failure = undefined;
    await query();
    expect(troubles()).toEqual([['thanos', 'verification', 'timeout', T]]);
    now = T + 60;
    await query();
    expect(troubles()).toEqual([]);
    expect(told).toEqual(['answered in part only: store a', 'no answer in time', 'thanos is well: verification']);
  });

  it('is kept apart by what it is asked for, and forgotten with the server', async () => {
    failure = partial('store a');
    await expect(query()).rejects.toBe(failure);
    now = T + 300;
    await board.watch(client, 'identity').targets();
    expect(troubles()).toHaveLength(1);
    board.keep(new Set(['other']));
    expect(board.troubles()).toEqual([]);
  });
});
