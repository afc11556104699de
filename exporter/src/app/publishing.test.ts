import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startPublishing, type Publishing } from './publishing.ts';

const log = pino({ level: 'silent' });
let startedAt: number[];
let costMs: number;
let publishing: Publishing;

const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  startedAt = [];
  costMs = 0;
  const begun = performance.now();
  publishing = startPublishing(async () => {
    startedAt.push(Math.round(performance.now() - begun));
    if (costMs > 0) await new Promise((resolve) => setTimeout(resolve, costMs));
  }, log);
  await wait(0);
});
afterEach(async () => {
  const stopped = publishing.stop();
  await wait(10_000);
  await stopped;
  vi.useRealTimers();
});

describe('publishing', () => {
  it('comes every second while it costs next to nothing', async () => {
    await wait(3000);
    expect(startedAt).toEqual([0, 1000, 2000, 3000]);
  });

  it('rests the longer the more it costs, and never more than five seconds', async () => {
    costMs = 100;
    await wait(1000);
    costMs = 2000;
    await wait(2100);
    await wait(7000);
    expect(startedAt).toEqual([0, 1000, 3100, 10_100]);
  });

  it('shows a changed window at once, whatever the last publish cost', async () => {
    costMs = 1500;
    await wait(1000);
    await wait(1500 + 2000);
    publishing.hurry();
    await wait(0);
    expect(startedAt).toEqual([0, 1000, 4500]);
  });

  it('shows what changes during a publish by the next one, which leaves a pause as long as the publish, a second at most', async () => {
    costMs = 300;
    await wait(1000);
    await wait(100);
    publishing.hurry();
    publishing.hurry();
    await wait(500);
    expect(startedAt).toEqual([0, 1000, 1600]);
    costMs = 3000;
    publishing.hurry();
    await wait(300 + 300 + 100);
    publishing.hurry();
    await wait(2900 + 1000);
    expect(startedAt).toEqual([0, 1000, 1600, 2200, 6200]);
  });
});
