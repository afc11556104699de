import { describe, expect, it } from 'vitest';
import type { CollectionRun } from '../store/patch-store.ts';
import type { CollectionLog, Collector, Progress } from './collector.ts';
import { noCapabilities } from '../domain/capabilities.ts';
import { SourceBoard } from '../fleet/source-board.ts';
import { createScheduler, delaySeconds } from './scheduler.ts';

const quiet: CollectionLog = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** A virtual clock whose sleepers wake in order; `advance` lets everything due happen. */
function virtualTime() {
  let now = 1000;
  const sleepers = new Set<{ at: number; wake: () => void }>();
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    clock: { now: () => now },
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        const sleeper = { at: now + ms / 1000, wake: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', () => {
          sleepers.delete(sleeper);
          reject(new Error('aborted'));
        });
      }),
    async advance(seconds: number) {
      const end = now + seconds;
      await settle();
      for (;;) {
        const [next] = [...sleepers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (next === undefined) break;
        now = next.at;
        sleepers.delete(next);
        next.wake();
        await settle();
      }
      now = end;
    },
    waiting: () => sleepers.size,
  };
}

function setUp(intervals: { snapshotSeconds: number; eventsSeconds: number }) {
  const time = virtualTime();
  const starts: string[] = [];
  const state = {
    fails: false,
    hold: undefined as Promise<void> | undefined,
    progress: undefined as Progress | undefined,
  };
  const pass = (kind: CollectionRun['kind']) => async (signal: AbortSignal, progress?: Progress) => {
    const startedAt = time.clock.now();
    starts.push(`${kind}@${startedAt.toFixed(0)}`);
    if (kind === 'snapshot') {
      state.progress = progress;
      await state.hold;
    }
    const ok = !state.fails && !signal.aborted;
    const run = { source: 's', kind, startedAt, endedAt: time.clock.now(), ok, dropped: {}, unknownWords: {} };
    return ok ? run : { ...run, reason: 'unavailable', message: 'no' };
  };
  const collector = { source: 's', type: 'test', snapshot: pass('snapshot'), events: pass('events') } as Collector;
  const { clock, sleep } = time;
  const board = new SourceBoard();
  board.declare([{ id: 's', type: 'test', capabilities: noCapabilities }]);
  const reading = () => board.statuses(() => 0)[0]?.reading;
  const scheduler = createScheduler({
    onProgress: (source, progress) => {
      board.setReading(source, progress);
    },
    sources: [{ collector, ...intervals }],
    clock,
    log: quiet,
    sleep,
    random: () => 0.5,
  });
  return { time, starts, state, scheduler, board, reading };
}

describe('createScheduler', () => {
  it('reads at once and then at the intervals, complete reads and events apart', async () => {
    const { time, starts, scheduler } = setUp({ snapshotSeconds: 100, eventsSeconds: 40 });
    scheduler.start();
    await time.advance(130);
    await scheduler.stop();
    expect(starts).toEqual([
      'snapshot@1000',
      'events@1000',
      'events@1040',
      'events@1080',
      'snapshot@1100',
      'events@1120',
    ]);
  });

  it('never overlaps a read with itself', async () => {
    const { time, starts, state, scheduler } = setUp({ snapshotSeconds: 10, eventsSeconds: 0 });
    let release = (): void => undefined;
    state.hold = new Promise((resolve) => {
      release = resolve;
    });
    scheduler.start();
    await time.advance(1000);
    expect(starts).toEqual(['snapshot@1000']);
    release();
    await time.advance(15);
    await scheduler.stop();
    expect(starts).toHaveLength(2);
  });

  it('backs off after failures and returns to the interval after a success', async () => {
    const { time, starts, state, scheduler } = setUp({ snapshotSeconds: 600, eventsSeconds: 0 });
    state.fails = true;
    scheduler.start();
    await time.advance(29 + 60);
    state.fails = false;
    await time.advance(5);
    expect(starts).toEqual(['snapshot@1000', 'snapshot@1030', 'snapshot@1090']);
    await time.advance(600);
    await scheduler.stop();
    expect(starts.at(-1)).toBe('snapshot@1690');
  });

  it('shows how far a long read has come, whatever else of the source ends meanwhile, until it ends', async () => {
    const { time, state, scheduler, board, reading } = setUp({ snapshotSeconds: 100, eventsSeconds: 40 });
    let release = (): void => undefined;
    state.hold = new Promise((resolve) => {
      release = resolve;
    });
    scheduler.start();
    await time.advance(1);
    state.progress?.('devices', 500);
    expect(reading()).toEqual({ since: 1000, what: 'devices', count: 500 });
    const endedAt = time.clock.now();
    board.recordRun({
      source: 's',
      kind: 'events',
      startedAt: endedAt,
      endedAt,
      ok: true,
      dropped: {},
      unknownWords: {},
    });
    expect(reading()).toEqual({ since: 1000, what: 'devices', count: 500 });
    release();
    await time.advance(1);
    expect(reading()).toBeUndefined();
    await scheduler.stop();
    expect(time.waiting()).toBe(0);
  });

  it('reads at once when nudged', async () => {
    const { time, starts, scheduler } = setUp({ snapshotSeconds: 100, eventsSeconds: 0 });
    scheduler.start();
    await time.advance(5);
    scheduler.nudge('other');
    scheduler.nudge('s');
    await time.advance(1);
    await scheduler.stop();
    expect(starts).toEqual(['snapshot@1000', 'snapshot@1005']);
  });
});

describe('delaySeconds', () => {
  it.each([
    ['snapshot', 900, 0, 900],
    ['snapshot', 900, 1, 30],
    ['snapshot', 900, 3, 120],
    ['snapshot', 900, 50, 900],
    ['snapshot', 3600, 50, 3600],
    ['events', 10, 1, 10],
    ['events', 10, 50, 300],
  ] as const)('%s every %d s after %d failures waits %d s', (kind, interval, failures, expected) => {
    expect(delaySeconds(kind, interval, failures)).toBe(expected);
  });
});
