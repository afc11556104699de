import { useNow } from './useNow';
import { useCaller } from '../context/CallerContext';

/** Smaller differences are the way there and back. */
const noticeableMs = 5_000;

/**
 * The exporter's time in Unix milliseconds, as far as it is known: ends are its promises, so a browser whose clock is wrong
 * must not tell them wrongly.
 */
export function useClock(everyMs = 1_000): number {
  const now = useNow(everyMs);
  const caller = useCaller();
  if (caller.status !== 'ready' && caller.status !== 'stale') {
    return now;
  }
  const aheadMs = caller.atMs - Date.parse(caller.data.now);
  return Math.abs(aheadMs) < noticeableMs ? now : now - aheadMs;
}
