import { systemSleep, type Sleep } from '../connectors/sleep.ts';
import type { Clock, UnixSeconds } from '../domain/time.ts';
import type { CollectionRun } from '../store/patch-store.ts';
import type { CollectionLog, Collector } from './collector.ts';

export interface ScheduledSource {
  readonly collector: Collector;
  /** Seconds between two complete reads; 0 = never. */
  readonly snapshotSeconds: number;
  /** Seconds between two reads of events; 0 = never. */
  readonly eventsSeconds: number;
}

/** How far a read has come. */
export interface Reading {
  readonly since: UnixSeconds;
  readonly what: string;
  readonly count: number;
}

export interface SchedulerOptions {
  readonly sources: readonly ScheduledSource[];
  readonly clock: Clock;
  readonly log: CollectionLog;
  /** How far a complete read has come; `undefined` when it has ended. */
  readonly onProgress?: (source: string, reading: Reading | undefined) => void;
  readonly sleep?: Sleep;
  /** In [0, 1). */
  readonly random?: () => number;
}

export interface Scheduler {
  start(): void;
  /** Aborts what is running and waits for it to end. */
  stop(): Promise<void>;
  /** Makes a waiting read start now; does nothing for one that is running. */
  nudge(source: string): void;
}

const jitter = 0.1;
const firstRetrySeconds = 30;
const maxBackoffSeconds = { snapshot: 900, events: 300 } as const;
const progressLogSeconds = 10;

type Kind = 'snapshot' | 'events';

interface Loop {
  readonly source: ScheduledSource;
  readonly kind: Kind;
  readonly intervalSeconds: number;
  wake?: () => void;
}

/**
 * Reads every source at its interval: complete reads and events apart, neither ever overlapping itself. After failures it
 * tries again soon, then at growing distances.
 */
export function createScheduler(options: SchedulerOptions): Scheduler {
  const { clock, log, onProgress = () => undefined, sleep = systemSleep, random = Math.random } = options;
  const loops = options.sources.flatMap(loopsOf);
  const stopped = new AbortController();
  let running: Promise<unknown> = Promise.resolve();

  async function run(loop: Loop): Promise<void> {
    let failures = 0;
    while (!stopped.signal.aborted) {
      const { ok } = await read(loop);
      failures = ok ? 0 : failures + 1;
      const seconds = delaySeconds(loop.kind, loop.intervalSeconds, failures);
      await pause(loop, seconds * (1 - jitter + 2 * jitter * random()));
    }
  }

  async function read(loop: Loop): Promise<CollectionRun> {
    const { collector } = loop.source;
    const since = clock.now();
    let loggedAt = since;
    const progress = (what: string, count: number): void => {
      if (loop.kind === 'snapshot') onProgress(collector.source, { since, what, count });
      if (clock.now() - loggedAt < progressLogSeconds) return;
      loggedAt = clock.now();
      log.info({ source: collector.source, kind: loop.kind, what, count }, 'still reading');
    };
    try {
      return await collector[loop.kind](stopped.signal, progress);
    } finally {
      if (loop.kind === 'snapshot') onProgress(collector.source, undefined);
    }
  }

  async function pause(loop: Loop, seconds: number): Promise<void> {
    if (stopped.signal.aborted) return;
    const nap = new AbortController();
    const wake = (): void => {
      nap.abort();
    };
    loop.wake = wake;
    stopped.signal.addEventListener('abort', wake, { once: true });
    await sleep(seconds * 1000, nap.signal).catch((error: unknown) => {
      if (!nap.signal.aborted) throw error;
    });
    stopped.signal.removeEventListener('abort', wake);
    delete loop.wake;
  }

  return {
    start() {
      running = Promise.all(loops.map(run));
      running.catch((error: unknown) => {
        log.error({ err: error }, 'the scheduler stopped by a fault of ours');
      });
    },
    async stop() {
      stopped.abort();
      await running;
    },
    nudge(source) {
      for (const loop of loops) if (loop.source.collector.source === source) loop.wake?.();
    },
  };
}

function loopsOf(source: ScheduledSource): Loop[] {
  const loops: Loop[] = [];
  if (source.snapshotSeconds > 0) loops.push({ source, kind: 'snapshot', intervalSeconds: source.snapshotSeconds });
  if (source.eventsSeconds > 0) loops.push({ source, kind: 'events', intervalSeconds: source.eventsSeconds });
  return loops;
}

/** The interval, or after the n-th failure in a row a retry that starts soon and doubles up to a cap. */
export function delaySeconds(kind: Kind, intervalSeconds: number, failures: number): number {
  if (failures === 0) return intervalSeconds;
  const first = Math.min(intervalSeconds, firstRetrySeconds);
  const cap = Math.max(intervalSeconds, maxBackoffSeconds[kind]);
  return Math.min(cap, first * 2 ** Math.min(failures - 1, 20));
}
