import type { DataFrame } from '@grafana/data';
import { Observable } from 'rxjs';
import type { ExporterClient } from '../shared/api/client';
import { ReadCache } from '../shared/api/read-cache';

/** What one query has come to. After a failure the frames are those of before. */
export interface QueryState {
  readonly frames: readonly DataFrame[];
  readonly error?: unknown;
}

type Load = (client: ExporterClient, signal: AbortSignal) => Promise<readonly DataFrame[]>;

/** Reads once; giving up the subscription gives up the requests. */
export function readOnce(client: ExporterClient, load: Load): Observable<QueryState> {
  return new Observable((observer) => {
    const controller = new AbortController();
    const emit = (state: QueryState) => {
      observer.next(state);
      observer.complete();
    };
    load(client, controller.signal).then(
      (frames) => emit({ frames }),
      (error: unknown) => emit({ frames: [], error }),
    );
    return () => controller.abort();
  });
}

const longestPauseMs = 60_000;
/** Without news the frames are sent again this often, so that the time axis moves on. */
const heartbeatMs = 30_000;

export interface PollOptions {
  readonly intervalMs: number;
  readonly now: () => number;
  /** Nobody looks: wait without asking. */
  readonly isHidden?: () => boolean;
}

/**
 * Reads again and again until the subscription ends, asking for changes only. Emits what is new; after a failure the
 * last frames with the error, then tries again at growing intervals of at most a minute.
 */
export function poll(
  client: ExporterClient,
  load: Load,
  { intervalMs, now, isHidden }: PollOptions,
): Observable<QueryState> {
  return new Observable((observer) => {
    const controller = new AbortController();
    const cache = new ReadCache();
    const cached = client.withCache(cache);
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last: { frames: readonly DataFrame[]; revision: number; atMs: number } | undefined;
    let failures = 0;

    const read = async () => {
      try {
        const frames = await load(cached, controller.signal);
        const isNews = last === undefined || cache.revision !== last.revision || failures > 0;
        failures = 0;
        if (isNews || now() - (last?.atMs ?? 0) >= heartbeatMs) {
          last = { frames, revision: cache.revision, atMs: now() };
          observer.next({ frames });
        }
      } catch (error) {
        failures += 1;
        observer.next({ frames: last?.frames ?? [], error });
      }
    };
    const wait = () => {
      if (controller.signal.aborted) {
        return;
      }
      timer = setTimeout(next, Math.min(Math.max(intervalMs, longestPauseMs), intervalMs * 2 ** failures));
    };
    const next = () => {
      if (isHidden?.()) {
        wait();
      } else {
        void read().then(wait);
      }
    };
    void read().then(wait);
    return () => {
      controller.abort();
      clearTimeout(timer);
    };
  });
}
