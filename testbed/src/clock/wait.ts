import { setTimeout as sleep } from 'node:timers/promises';

export interface EventuallyOptions {
  /** Default 10 s. */
  timeoutMs?: number;
  /** Pause between two tries, default 50 ms. */
  intervalMs?: number;
  /** Named in the error, for example 'the overdue page'. */
  what?: string;
}

/**
 * Calls `probe` until it returns something other than undefined, null or false, and returns that.
 * A throwing probe counts as "not yet"; its last error becomes the cause when the time is over.
 */
export async function eventually<T>(
  probe: () => T | Promise<T>,
  { timeoutMs = 10_000, intervalMs = 50, what = 'the expected state' }: EventuallyOptions = {},
): Promise<Exclude<T, undefined | null | false>> {
  const endsAt = performance.now() + timeoutMs;
  let cause: unknown;
  for (;;) {
    try {
      const value = await probe();
      if (value !== undefined && value !== null && value !== false)
        return value as Exclude<T, undefined | null | false>;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (performance.now() >= endsAt) throw new Error(`${what} did not come within ${timeoutMs} ms`, { cause });
    await sleep(intervalMs);
  }
}
