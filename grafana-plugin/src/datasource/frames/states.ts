import type { Device, PatchEvent, PatchWindow } from '../../shared/api/types';
import { toMs } from '../../shared/format/time';

/** What goes on with a device, the most important first: where stretches overlap, the first wins. */
export const patchStates = [
  'Overdue',
  'Check failed',
  'Quiet',
  'Maintenance',
  'Installing',
  'Restart pending',
  'No patch activity',
] as const;
export type PatchState = (typeof patchStates)[number];

/** null: not known, since the source of the device is too old to be believed. */
export type LaneValue = PatchState | 'Up' | 'Down' | null;

export interface Stretch<T> {
  readonly fromMs: number;
  readonly toMs: number;
  readonly value: T;
}

/** A value from a time on, until the next. */
export interface Change {
  readonly atMs: number;
  readonly value: LaneValue;
}

export interface DeviceHistory {
  readonly device: Device;
  readonly windows: readonly PatchWindow[];
  readonly events: readonly PatchEvent[];
}

export interface StateRange {
  readonly fromMs: number;
  readonly toMs: number;
  readonly nowMs: number;
}

/** An install that never reports its end is believed for as long as its evidence holds. */
const longestInstallMs = 2 * 3_600_000;

export function patchChanges(history: DeviceHistory, range: StateRange): Change[] {
  const stretches = [
    ...windowStretches(history, range.nowMs),
    ...installStretches(history, range.nowMs),
    ...pendingStretches(history, range.nowMs),
  ];
  return toChanges(stretches, range, knownUntil(history.device, range), 'No patch activity', (a, b) =>
    patchStates.indexOf(a) <= patchStates.indexOf(b) ? a : b,
  );
}

/** Up and down as far as outages were seen in quiet windows; outages that no window covers are not in here. */
export function uptimeChanges(history: DeviceHistory, range: StateRange): Change[] {
  const stretches = history.windows.flatMap((window): Array<Stretch<'Down'>> => {
    if (window.kind !== 'quiet' || window.downAt === null) {
      return [];
    }
    return [{ fromMs: toMs(window.downAt), toMs: backAt(window, history, range.nowMs), value: 'Down' }];
  });
  return toChanges(stretches, range, knownUntil(history.device, range), 'Up', (a) => a);
}

function windowStretches(history: DeviceHistory, nowMs: number): Array<Stretch<PatchState>> {
  return history.windows.flatMap((window) => {
    const fromMs = toMs(window.openedAt);
    const ends = toMs(window.endsAt);
    const closed = window.closedAt === null ? Math.min(ends, nowMs) : toMs(window.closedAt);
    const stretches: Array<Stretch<PatchState>> = [
      { fromMs, toMs: closed, value: window.kind === 'quiet' ? 'Quiet' : 'Maintenance' },
    ];
    if (window.outcome === 'overdue') {
      stretches.push({ fromMs: closed, toMs: backAt(window, history, nowMs), value: 'Overdue' });
    }
    if (window.verification?.verdict === 'failed') {
      const failedAt = toMs(window.verification.endedAt ?? window.verification.startedAt);
      stretches.push({ fromMs: failedAt, toMs: nextPass(history, failedAt) ?? nowMs, value: 'Check failed' });
    }
    return stretches;
  });
}

/** When the device answered again after a window: as the window knows, else by its next restart or check, else not yet. */
function backAt(window: PatchWindow, { events, windows }: DeviceHistory, nowMs: number): number {
  if (window.outcome !== 'overdue') {
    return window.closedAt === null ? nowMs : toMs(window.closedAt);
  }
  const after = toMs(window.closedAt ?? window.endsAt);
  const signs = [
    ...events.filter(({ type }) => type === 'reboot.completed').map(({ occurredAt }) => toMs(occurredAt)),
    ...windows.flatMap(({ verification }) => (verification === null ? [] : [toMs(verification.startedAt)])),
  ].filter((at) => at >= after);
  return Math.min(nowMs, ...signs);
}

function nextPass({ windows }: DeviceHistory, afterMs: number): number | undefined {
  const passes = windows.flatMap(({ verification }) =>
    verification?.verdict === 'passed' && verification.endedAt !== null ? [toMs(verification.endedAt)] : [],
  );
  const later = passes.filter((at) => at > afterMs);
  return later.length === 0 ? undefined : Math.min(...later);
}

function installStretches({ events }: DeviceHistory, nowMs: number): Array<Stretch<PatchState>> {
  const ends = ['patch.installed', 'patch.install.failed', 'patch.install.completed'];
  return pairs(events, 'patch.install.started', ends).map(({ fromMs, toMs: end }) => ({
    fromMs,
    toMs: Math.min(end ?? nowMs, fromMs + longestInstallMs),
    value: 'Installing',
  }));
}

function pendingStretches({ events, device }: DeviceHistory, nowMs: number): Array<Stretch<PatchState>> {
  const stretches = pairs(events, 'reboot.pending', ['reboot.started', 'reboot.completed']).map(
    ({ fromMs, toMs: end }): Stretch<PatchState> => ({
      fromMs,
      toMs: end ?? openEnd(fromMs),
      value: 'Restart pending',
    }),
  );
  if (device.rebootPending === true && device.rebootPendingSince !== null) {
    stretches.push({ fromMs: toMs(device.rebootPendingSince), toMs: nowMs, value: 'Restart pending' });
  }
  return stretches;

  /** The device has stopped to say so without a word about the restart: its last boot is the best that is known. */
  function openEnd(fromMs: number): number {
    const boot = device.lastBootAt === null ? Number.NaN : toMs(device.lastBootAt);
    return device.rebootPending === true || !(boot > fromMs) ? nowMs : boot;
  }
}

/** Stretches from each start to the next end; a start within a stretch is part of it. */
function pairs(events: readonly PatchEvent[], start: PatchEvent['type'], ends: readonly string[]) {
  const sorted = [...events].sort((a, b) => toMs(a.occurredAt) - toMs(b.occurredAt));
  const found: Array<{ fromMs: number; toMs?: number }> = [];
  let open: number | undefined;
  for (const { type, occurredAt } of sorted) {
    if (type === start) {
      open ??= toMs(occurredAt);
    } else if (open !== undefined && ends.includes(type)) {
      found.push({ fromMs: open, toMs: toMs(occurredAt) });
      open = undefined;
    }
  }
  return open === undefined ? found : [...found, { fromMs: open }];
}

function knownUntil(device: Device, { nowMs }: StateRange): number {
  return device.stale && device.lastSeenAt !== null ? Math.min(nowMs, toMs(device.lastSeenAt)) : nowMs;
}

/** Overlapping stretches → changes within the range: the base where there are none, null where nothing is known. */
export function toChanges<T extends LaneValue>(
  stretches: ReadonlyArray<Stretch<T>>,
  range: StateRange,
  knownUntilMs: number,
  base: LaneValue,
  stronger: (a: T, b: T) => T,
): Change[] {
  const within = (at: number) => at > range.fromMs && at < range.toMs;
  const marks = [range.fromMs, knownUntilMs, ...stretches.flatMap(({ fromMs, toMs: end }) => [fromMs, end])];
  const times = [...new Set(marks.filter((at) => at === range.fromMs || within(at)))].sort((a, b) => a - b);
  const changes: Change[] = [];
  for (const atMs of times) {
    const covering = stretches.filter((stretch) => stretch.fromMs <= atMs && atMs < stretch.toMs);
    const [first, ...others] = covering.map(({ value }) => value);
    const known: LaneValue = first === undefined ? base : others.reduce(stronger, first);
    // What was written down while the source was silent still holds; only the absence of it says nothing.
    const value = first === undefined && atMs >= knownUntilMs ? null : known;
    if (changes.at(-1)?.value !== value) {
      changes.push({ atMs, value });
    }
  }
  return changes;
}
