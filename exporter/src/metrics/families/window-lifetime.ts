import type { UnixSeconds } from '../../domain/time.ts';
import { effectiveEnd, type SilenceWindow } from '../../domain/window.ts';

/** Readers look back with last_over_time, so an end must be told by its value and not by the series going away. */
const keepSeconds = 24 * 3600;

/** The window while it is open and for 24 h after its end; undefined otherwise. */
export function shown(window: SilenceWindow | undefined, now: UnixSeconds): SilenceWindow | undefined {
  const until = shownUntil(window);
  return until !== undefined && now < until ? window : undefined;
}

export function shownUntil(window: SilenceWindow | undefined): UnixSeconds | undefined {
  return window === undefined ? undefined : effectiveEnd(window) + keepSeconds;
}
