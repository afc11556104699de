import type { LaneState, MarkerKind, TimelineEvent } from '../types';
import type { LaneRow } from './lane-rows';
import { spanAt } from './states';
import { isOpen, isOverdue } from './windows';

/** From worst to none; the order lanes are sorted by. */
export const troubles = [
  'overdue',
  'down',
  'verification-failed',
  'install-failed',
  'no-data',
  'down-explained',
  'degraded',
  'gate-failed',
  'reboot-pending',
  'window-open',
  'none',
] as const;
export type Trouble = (typeof troubles)[number];

export const troubleLabels: Readonly<Record<Trouble, string>> = {
  overdue: 'Down past its quiet window',
  down: 'Down now',
  'verification-failed': 'Verification failed',
  'install-failed': 'Install failed',
  'no-data': 'No uptime data now',
  'down-explained': 'Down in its quiet window',
  degraded: 'Degraded now',
  'gate-failed': 'Gate failed',
  'reboot-pending': 'Reboot pending',
  'window-open': 'Window open',
  none: '',
};

const stateRank: Readonly<Record<LaneState, number>> = {
  down: 0,
  unknown: 1,
  degraded: 2,
  other: 3,
  up: 4,
};

/** Worst state of a lane's series at a time; undefined for a lane without series. */
export function worstState(row: LaneRow, atMs: number): LaneState | undefined {
  let worst: LaneState | undefined;
  for (const series of row.lane.series) {
    const state = spanAt(series.spans, atMs)?.state ?? 'unknown';
    if (worst === undefined || stateRank[state] < stateRank[worst]) {
      worst = state;
    }
  }
  return worst;
}

/** What is wrong with a lane at a time, by what is known up to then. The latest result of a kind decides. */
export function troubleOf(row: LaneRow, atMs: number): Trouble {
  // A state that holds up to now ends now, and what ends is no longer: the moment before tells how it stands.
  const state = worstState(row, atMs - 1);
  const quiet = row.windows.filter((window) => window.kind === 'quiet' && window.fromMs <= atMs);
  const muted = quiet.some((window) => isOpen(window, atMs));
  const lastQuiet = quiet[quiet.length - 1];
  const overdue = !muted && lastQuiet !== undefined && isOverdue(lastQuiet, atMs);
  if (overdue && state !== 'up' && state !== 'degraded' && state !== 'other') {
    return 'overdue';
  }
  if (state === 'down' && !muted) {
    return 'down';
  }
  const past = row.events.filter((event) => event.atMs <= atMs);
  if (isLatest(past, 'verification-failed', ['verification-passed'])) {
    return 'verification-failed';
  }
  if (isLatest(past, 'install-failed', ['installed'])) {
    return 'install-failed';
  }
  if (state === 'unknown') {
    return 'no-data';
  }
  if (state === 'down') {
    return 'down-explained';
  }
  if (state === 'degraded') {
    return 'degraded';
  }
  if (isLatest(past, 'gate-failed', ['gate-passed'])) {
    return 'gate-failed';
  }
  if (isLatest(past, 'reboot-pending', ['reboot'])) {
    return 'reboot-pending';
  }
  return row.windows.some((window) => isOpen(window, atMs)) ? 'window-open' : 'none';
}

function isLatest(events: readonly TimelineEvent[], kind: MarkerKind, clearedBy: readonly MarkerKind[]): boolean {
  for (let i = events.length - 1; i >= 0; i--) {
    const at = events[i]?.kind;
    if (at === kind) {
      return true;
    }
    if (at !== undefined && clearedBy.includes(at)) {
      return false;
    }
  }
  return false;
}
