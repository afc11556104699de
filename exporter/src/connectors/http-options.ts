import { z } from 'zod';
import { defaultHttpOptions, type HttpClientOptions } from './http-client.ts';

type Tuned = 'timeoutMs' | 'concurrency' | 'ratePerSecond' | 'burst' | 'maxRetryAfterSeconds';

/** The `http` block of a source's options; a vendor with published limits brings its own defaults. */
export function httpOptions(defaults: Partial<Pick<HttpClientOptions, Tuned>> = {}) {
  const { timeoutMs, concurrency, ratePerSecond, burst, maxRetryAfterSeconds } = { ...defaultHttpOptions, ...defaults };
  return z
    .strictObject({
      timeoutSeconds: z
        .number()
        .positive()
        .max(300)
        .default(timeoutMs / 1000),
      concurrency: z.int().min(1).max(16).default(concurrency),
      requestsPerSecond: z.number().positive().max(1000).default(ratePerSecond),
      burst: z.int().min(1).max(1000).default(burst),
      maxRetryAfterSeconds: z.number().min(0).max(3600).default(maxRetryAfterSeconds),
    })
    .prefault({});
}
export type HttpOptions = z.output<ReturnType<typeof httpOptions>>;

/** The `http` block in the client's own units. */
export function toClientOptions(baseUrl: string, http: HttpOptions): HttpClientOptions {
  return {
    ...defaultHttpOptions,
    baseUrl,
    timeoutMs: http.timeoutSeconds * 1000,
    concurrency: http.concurrency,
    ratePerSecond: http.requestsPerSecond,
    burst: http.burst,
    maxRetryAfterSeconds: http.maxRetryAfterSeconds,
  };
}

/** Host of a vendor; a path prefix is allowed. */
export const baseUrlOption = z.url({ protocol: /^https?$/ });
