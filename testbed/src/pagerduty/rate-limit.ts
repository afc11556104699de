import type { UnixSeconds } from '../../../exporter/src/domain/time.ts';

const windowSeconds = 60;

/** A sliding 60 s window per key; returns whether one more call is allowed, and counts it if so. */
export function createRateLimit(callsPerMinute: number): (key: string, at: UnixSeconds) => boolean {
  const callsByKey = new Map<string, UnixSeconds[]>();
  return (key, at) => {
    const recent = (callsByKey.get(key) ?? []).filter((callAt) => callAt > at - windowSeconds);
    const allowed = recent.length < callsPerMinute;
    callsByKey.set(key, allowed ? [...recent, at] : recent);
    return allowed;
  };
}
