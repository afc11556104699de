import type { Answer, LedgerLine, PatchEvent, PatchWindow, Source } from '../../../shared/api/types';
import { toMs } from '../../../shared/format/time';

/** Windows of the night, each in one place only. */
export interface NightWindows {
  /** Not back when the time ran out, newest first. */
  readonly overdue: readonly PatchWindow[];
  /** Back, but a check failed, newest first. */
  readonly unhealthy: readonly PatchWindow[];
  /** Muted now, the next to end first. */
  readonly quiet: readonly PatchWindow[];
  /** Back and being checked. */
  readonly checking: readonly PatchWindow[];
  readonly maintenance: readonly PatchWindow[];
  /** Still to come, the next first. */
  readonly planned: readonly PatchWindow[];
}

/**
 * Sorts windows by what they mean now. Of a device's quiet windows only the newest counts: what came before is history.
 * A window past its end is over even if nobody has closed it yet.
 */
export function sortWindows(windows: readonly PatchWindow[], nowMs: number): NightWindows {
  const quiet = newestPerDevice(windows.filter(({ kind }) => kind === 'quiet'));
  const open = (window: PatchWindow) => window.closedAt === null && toMs(window.endsAt) > nowMs;
  const begun = (window: PatchWindow) => toMs(window.openedAt) <= nowMs;
  const maintenance = windows.filter((window) => window.kind === 'maintenance' && open(window));
  return {
    overdue: quiet.filter((window) => isOverdue(window, nowMs)),
    unhealthy: quiet.filter(({ verification }) => verification?.verdict === 'failed'),
    quiet: soonestEnd(quiet.filter(open)),
    checking: quiet.filter(({ verification }) => verification?.verdict === 'running'),
    maintenance: soonestEnd(maintenance.filter(begun)),
    planned: maintenance
      .filter((window) => !begun(window))
      .sort((a, b) => toMs(a.openedAt) - toMs(b.openedAt) || compare(a.id, b.id)),
  };
}

function isOverdue({ outcome, closedAt, endsAt, verification }: PatchWindow, nowMs: number): boolean {
  if (verification !== null) {
    return false;
  }
  return outcome === 'overdue' || outcome === 'capped' || (closedAt === null && toMs(endsAt) <= nowMs);
}

function newestPerDevice(windows: readonly PatchWindow[]): readonly PatchWindow[] {
  const newest = new Map<string, PatchWindow>();
  for (const window of windows) {
    const known = newest.get(window.device);
    if (known === undefined || toMs(window.openedAt) > toMs(known.openedAt)) {
      newest.set(window.device, window);
    }
  }
  return [...newest.values()].sort((a, b) => toMs(b.openedAt) - toMs(a.openedAt) || compare(a.id, b.id));
}

function soonestEnd(windows: readonly PatchWindow[]): readonly PatchWindow[] {
  return [...windows].sort((a, b) => toMs(a.endsAt) - toMs(b.endsAt) || compare(a.id, b.id));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What is said again and again of an outage whose window ran out. */
const afterwards: readonly string[] = ['already_firing', 'window_ended'];

/**
 * Outages that were not muted, the last word of each, newest first. Lines are refusals and openings: an outage that was
 * refused first and muted once evidence came is none. Neither is one whose window ran out: it stands under overdue.
 */
export function notMuted(lines: readonly LedgerLine[], overdue: readonly PatchWindow[]): readonly LedgerLine[] {
  const isOverdue = new Set(overdue.map(({ device }) => device));
  const last = new Map<string, LedgerLine>();
  for (const line of lines) {
    const outage = `${line.device} ${line.downAt ?? line.at}`;
    const known = last.get(outage);
    if (known === undefined || toMs(line.at) >= toMs(known.at)) {
      last.set(outage, line);
    }
  }
  return [...last.values()]
    .filter(
      ({ action, device, reason }) => action === 'refused' && !(isOverdue.has(device) && afterwards.includes(reason)),
    )
    .sort((a, b) => toMs(b.at) - toMs(a.at));
}

/** A window that some source has announced and that has not begun. */
export interface Plan {
  readonly id: string;
  readonly device: string;
  readonly deviceName: string | null;
  readonly organization: string;
  /** RFC 3339. */
  readonly start: string;
  readonly end: string;
  readonly reason: string;
  readonly owner: string;
}

/** Plans still to come, the next first: announced by events and not ended, and planned windows, each once. */
export function comingPlans(
  events: readonly PatchEvent[],
  planned: readonly PatchWindow[],
  nowMs: number,
): readonly Plan[] {
  const ended = new Set(events.filter(({ type }) => type === 'maintenance.ended').map(({ data }) => data['id']));
  const plans = new Map<string, Plan>();
  for (const { id, device, deviceName, organization, openedAt, endsAt, cause, owner } of planned) {
    plans.set(id, { id, device, deviceName, organization, start: openedAt, end: endsAt, reason: cause, owner });
  }
  for (const event of events) {
    const plan = toPlan(event);
    if (plan !== undefined && !ended.has(plan.id) && !plans.has(plan.id) && toMs(plan.start) > nowMs) {
      plans.set(plan.id, plan);
    }
  }
  return [...plans.values()].sort((a, b) => toMs(a.start) - toMs(b.start) || compare(a.id, b.id));
}

function toPlan({ type, data, device, deviceName, organization }: PatchEvent): Plan | undefined {
  const { id, start, end, reason, owner } = data;
  const isWhole =
    type === 'maintenance.planned' &&
    typeof id === 'string' &&
    typeof start === 'string' &&
    typeof end === 'string' &&
    typeof reason === 'string' &&
    typeof owner === 'string';
  return isWhole ? { id, device, deviceName, organization, start, end, reason, owner } : undefined;
}

/** Sources that cannot be asked, or whose last whole answer is older than three of their polls: they explain nothing. */
export function silentSources(sources: readonly Source[], nowMs: number): readonly Source[] {
  return sources.filter(
    ({ up, lastSuccessAt, intervalSeconds }) =>
      up === false ||
      // One that sends by itself is due at no time.
      (intervalSeconds > 0 && lastSuccessAt !== null && nowMs - toMs(lastSuccessAt) > 3 * intervalSeconds * 1000),
  );
}

/** A poll or two may fail; after this long Patchhaven no longer knows who is down. */
const silentAfterMs = 60_000;

/** Has Prometheus not told for a while who is down? */
export function isWatcherSilent(
  { lastSuccessAt, intervalSeconds }: Answer<'/status'>['watcher'],
  nowMs: number,
): boolean {
  return lastSuccessAt === null || nowMs - toMs(lastSuccessAt) > Math.max(silentAfterMs, 3 * intervalSeconds * 1000);
}
