import { ApiError } from './api-error.ts';
import type { SimulatorClock } from './clock.ts';

export interface RateLimitOptions {
  /** Requests a client may send at once. */
  readonly burst: number;
  readonly perSecond: number;
}

/** A token bucket per client; throws 429 with Retry-After in whole seconds when it is empty. */
export function createRateLimit(
  options: RateLimitOptions | undefined,
  clock: SimulatorClock,
): (clientId: string) => void {
  const buckets = new Map<string, { tokens: number; atUnixSeconds: number }>();

  return (clientId) => {
    if (options === undefined) return;
    const now = clock.now();
    const bucket = buckets.get(clientId) ?? { tokens: options.burst, atUnixSeconds: now };
    const refilled = bucket.tokens + (now - bucket.atUnixSeconds) * options.perSecond;
    const tokens = Math.min(options.burst, refilled);
    const allowed = tokens >= 1;
    buckets.set(clientId, { tokens: allowed ? tokens - 1 : tokens, atUnixSeconds: now });
    if (allowed) return;
    const retryAfterSeconds = Math.ceil((1 - tokens) / options.perSecond);
    throw new ApiError(429, 'too many requests', { 'Retry-After': String(retryAfterSeconds) });
  };
}
