import type { UnixSeconds } from './time.ts';
import { effectiveEnd, type SilenceWindow } from './window.ts';

const daySeconds = 24 * 3600;

/**
 * Quiet time used by one device in the last 24 h, what the daily cap still allows, and when time frees up again.
 * Only silence that took place counts: from opening to the effective end.
 */
export function quietSecondsWithin(
  history: readonly SilenceWindow[],
  capSeconds: number,
  now: UnixSeconds,
): { readonly usedSeconds: number; readonly remainingSeconds: number; readonly freeAt: UnixSeconds } {
  const dayStart = now - daySeconds;
  const spans = history
    .filter((window) => window.kind === 'quiet')
    .map((window) => ({ from: Math.max(window.openedAt, dayStart), to: Math.min(effectiveEnd(window), now) }))
    .filter((span) => span.to > span.from);
  const usedSeconds = spans.reduce((sum, span) => sum + span.to - span.from, 0);
  const oldest = spans.length === 0 ? now : Math.min(...spans.map((span) => span.from));
  return { usedSeconds, remainingSeconds: Math.max(0, capSeconds - usedSeconds), freeAt: oldest + daySeconds };
}
