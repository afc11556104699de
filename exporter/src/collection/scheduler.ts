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

export interface SchedulerOptions {
  readonly sources: readonly ScheduledSource[];
  readonly clock: Clock;
  readonly log: CollectionLog;
  /** How far a complete read has come; `undefined` when it has ended. */
  readonly onProgress?: (source: string, reading: SourceProgress['reading']) => void;
  readonly sleep?: Sleep;
  /** In [0, 1). */
  readonly random?: () => number;
}

/** How a source is doing, for status pages and self metrics. */
export interface SourceProgress {
  readonly id: string;
  readonly type: string;
  /** Both kinds of read ended well the last time; undefined until each has ended once. */
  readonly up?: boolean;
  /** End of the last good complete read, or of events where there is no complete read. */
  readonly lastSuccessAt?: UnixSeconds;
  readonly lastAttemptAt?: UnixSeconds;
  readonly lastErrorKind?: string;
  readonly lastErrorMessage?: string;
  readonly intervalSeconds: number;
  readonly reading?: { readonly since: UnixSeconds; readonly what: string; readonly count: number };
}

export interface Scheduler {
  start(): void;
  /** Aborts what is running and waits for it to end. */
  stop(): Promise<void>;
  status(): readonly SourceProgress[];
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
  lastRun?: CollectionRun;
  lastSuccess?: CollectionRun;
  reading?: SourceProgress['reading'];
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
      loop.lastRun = await read(loop);
      failures = loop.lastRun.ok ? 0 : failures + 1;
      if (loop.lastRun.ok) loop.lastSuccess = loop.lastRun;
      const seconds = delaySeconds(loop.kind, loop.intervalSeconds, failures);
      await pause(loop, seconds * (1 - jitter + 2 * jitter * random()));
    }
  }

  async function read(loop: Loop): Promise<CollectionRun> {
    const { collector } = loop.source;
    const since = clock.now();
    let loggedAt = since;
    const progress = (what: string, count: number): void => {
      loop.reading = { since, what, count };
      if (loop.kind === 'snapshot') onProgress(collector.source, loop.reading);
      if (clock.now() - loggedAt < progressLogSeconds) return;
      loggedAt = clock.now();
      log.info({ source: collector.source, kind: loop.kind, what, count }, 'still reading');
    };
    loop.reading = { since, what: loop.kind, count: 0 };
    try {
      return await collector[loop.kind](stopped.signal, progress);
    } finally {
      delete loop.reading;
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
    status: () =>
      options.sources.map((source) =>
        statusOf(
          source,
          loops.filter((loop) => loop.source === source),
        ),
      ),
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

function statusOf(
  { collector, snapshotSeconds, eventsSeconds }: ScheduledSource,
  loops: readonly Loop[],
): SourceProgress {
  const main = loops.find(({ kind }) => kind === 'snapshot') ?? loops[0];
  const runs = loops.flatMap(({ lastRun }) => lastRun ?? []);
  const failed = runs.find(({ ok }) => !ok);
  const reading = loops.find((loop) => loop.reading !== undefined)?.reading;
  const lastAttemptAt = runs.reduce<number | undefined>(
    (latest, { endedAt }) => Math.max(latest ?? 0, endedAt),
    undefined,
  );
  return {
    id: collector.source,
    type: collector.type,
    intervalSeconds: snapshotSeconds > 0 ? snapshotSeconds : eventsSeconds,
    ...(failed !== undefined ? { up: false } : runs.length === loops.length && loops.length > 0 ? { up: true } : {}),
    ...(main?.lastSuccess === undefined ? {} : { lastSuccessAt: main.lastSuccess.endedAt }),
    ...(lastAttemptAt === undefined ? {} : { lastAttemptAt }),
    ...(failed?.reason === undefined ? {} : { lastErrorKind: failed.reason }),
    ...(failed?.message === undefined ? {} : { lastErrorMessage: failed.message }),
    ...(reading === undefined ? {} : { reading }),
  };
}
