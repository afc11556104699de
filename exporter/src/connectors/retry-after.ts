import type { UnixSeconds } from '../domain/time.ts';

/**
 * Seconds that a `Retry-After` header asks to wait: delay-seconds or an HTTP date (RFC 9110, 10.2.3).
 * Undefined for a missing or unreadable header; never negative.
 */
export function retryAfterSeconds(header: string | null, now: UnixSeconds): number | undefined {
  if (header === null) return undefined;
  const text = header.trim();
  if (/^\d{1,9}(\.\d+)?$/.test(text)) return Number(text);
  if (!/^[A-Za-z]{3},? /.test(text)) return undefined;
  const dateMs = Date.parse(text);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs / 1000 - now);
}
