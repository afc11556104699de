import type { Clock } from '../domain/time.ts';
import type { Sleep } from './sleep.ts';

export interface TokenBucketOptions {
  /** Requests per second in the long run. */
  readonly ratePerSecond: number;
  /** Requests that may go out at once after a quiet time. */
  readonly burst: number;
}

/** Spreads requests over time. `take` resolves when the next request may go; callers are served in order. */
export interface TokenBucket {
  take(signal: AbortSignal): Promise<void>;
}

export function createTokenBucket(options: TokenBucketOptions, clock: Clock, sleep: Sleep): TokenBucket {
  let tokens = options.burst;
  let filledAt = clock.now();

  return {
    async take(signal) {
      const now = clock.now();
      tokens = Math.min(options.burst, tokens + Math.max(0, now - filledAt) * options.ratePerSecond);
      filledAt = now;
      tokens -= 1;
      if (tokens >= 0) return;
      try {
        await sleep((-tokens / options.ratePerSecond) * 1000, signal);
      } catch (error) {
        tokens += 1;
        throw error;
      }
    },
  };
}
