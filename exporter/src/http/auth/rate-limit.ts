import type { Clock } from '../../domain/time.ts';

export interface RateLimit {
  readonly requestsPerSecond: number;
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

const maxBuckets = 10_000;

/** Token buckets by caller. */
export interface RateLimiter {
  /** 0 when the request may go on, otherwise the seconds until one may. */
  take(caller: string, limit: RateLimit): number;
}

export function createRateLimiter(clock: Clock): RateLimiter {
  const buckets = new Map<string, Bucket>();
  return {
    take(caller, { requestsPerSecond, burst }) {
      const now = clock.now();
      const bucket = buckets.get(caller) ?? { tokens: burst, at: now };
      bucket.tokens = Math.min(burst, bucket.tokens + Math.max(0, now - bucket.at) * requestsPerSecond);
      bucket.at = now;
      // Re-inserted at the end, so that the first key is the one longest unused.
      buckets.delete(caller);
      buckets.set(caller, bucket);
      const oldest = buckets.size > maxBuckets ? buckets.keys().next().value : undefined;
      if (oldest !== undefined) buckets.delete(oldest);
      if (bucket.tokens < 1) return (1 - bucket.tokens) / requestsPerSecond;
      bucket.tokens -= 1;
      return 0;
    },
  };
}
