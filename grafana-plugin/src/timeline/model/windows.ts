import type { TimelineWindow, TimeSpan } from '../types';

/** Still muting: not closed and not past its absolute end. */
export function isOpen(window: TimelineWindow, nowMs: number): boolean {
  return (
    window.kind !== 'planned' &&
    window.fromMs <= nowMs &&
    (window.toMs === null || window.toMs > nowMs) &&
    (window.endsMs === undefined || window.endsMs > nowMs)
  );
}

/** Never closed, and its absolute end has passed: it mutes nothing any more. */
export function isOverdue(window: TimelineWindow, nowMs: number): boolean {
  return (
    window.outcome === 'overdue' ||
    (window.kind === 'quiet' && window.toMs === null && window.endsMs !== undefined && window.endsMs <= nowMs)
  );
}

/** What has happened of the window: an open one runs to now, one past its absolute end stops there. */
export function elapsedSpan(window: TimelineWindow, nowMs: number): TimeSpan {
  const end = Math.min(window.toMs ?? Infinity, window.endsMs ?? Infinity);
  if (window.kind === 'planned') {
    return {
      fromMs: window.fromMs,
      toMs: Number.isFinite(end) ? end : window.fromMs,
    };
  }
  return {
    fromMs: window.fromMs,
    toMs: Math.max(window.fromMs, Math.min(end, Math.max(nowMs, window.fromMs))),
  };
}

/** How long an open window may still run; undefined when it is closed or its end is not known. */
export function remainingSpan(window: TimelineWindow, nowMs: number): TimeSpan | undefined {
  if (!isOpen(window, nowMs)) {
    return undefined;
  }
  const end = Math.min(window.toMs ?? Infinity, window.endsMs ?? Infinity);
  return Number.isFinite(end) && end > nowMs ? { fromMs: nowMs, toMs: end } : undefined;
}

/** Everything that is drawn of a window. */
export function drawnSpan(window: TimelineWindow, nowMs: number): TimeSpan {
  const elapsed = elapsedSpan(window, nowMs);
  return {
    fromMs: elapsed.fromMs,
    toMs: remainingSpan(window, nowMs)?.toMs ?? elapsed.toMs,
  };
}

/** The next window that has not begun. */
export function nextWindow(windows: readonly TimelineWindow[], nowMs: number): TimelineWindow | undefined {
  let next: TimelineWindow | undefined;
  for (const window of windows) {
    if (window.fromMs > nowMs && (next === undefined || window.fromMs < next.fromMs)) {
      next = window;
    }
  }
  return next;
}

/**
 * The range, made long enough to show the next window. It grows only from a range that reaches now, and at most to twice
 * its length: past that the lanes would be squeezed for one far-off window.
 */
export function extendRange(range: TimeSpan, windows: readonly TimelineWindow[], nowMs: number): TimeSpan {
  const lengthMs = range.toMs - range.fromMs;
  const next = nextWindow(windows, nowMs);
  const reachesNow = range.toMs >= nowMs - lengthMs * 0.05;
  if (!next || !reachesNow || next.fromMs < range.fromMs) {
    return range;
  }
  const wanted = drawnSpan(next, nowMs).toMs + lengthMs * 0.03;
  const toMs = Math.min(wanted, range.toMs + lengthMs);
  return next.fromMs < toMs && toMs > range.toMs ? { fromMs: range.fromMs, toMs } : range;
}
