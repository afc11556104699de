import type { DeviceState, EndedPlan, PlannedWindow } from './device.ts';
import type { UnixSeconds } from './time.ts';

/** Planned windows that ended longer ago than this leave the state; the log keeps them. */
const plannedKeepSeconds = 24 * 3600;
/** As long as the events API takes an event that was held up. */
const endedKeepSeconds = 30 * 24 * 3600;
/** Most plans of one device that are not over. */
export const maxPlanned = 50;
const maxEnded = 50;

type Plan = PlannedWindow & { readonly plannedAt: UnixSeconds };

/**
 * Takes over a plan. Of one that is told again (same source, owner and id) the later-dated word counts; of two with one
 * date the shorter one. Whoever else uses the same id has a plan of his own.
 */
export function foldPlanned(base: DeviceState, plan: Plan): DeviceState {
  const told = base.planned.filter((known) => isSame(known, plan));
  const others = base.planned.filter((known) => !isSame(known, plan));
  const [current = plan] = [...told, plan].sort(byPrecedence);
  return { ...base, planned: kept([...others, clip(current, base.endedPlans)]) };
}

/** Ends every plan of this id, known or still to come: an id that was ended is used up. */
export function foldEnded(base: DeviceState, id: string, at: UnixSeconds): DeviceState {
  const endedPlans = withEnd(base.endedPlans ?? [], id, at);
  return { ...base, endedPlans, planned: base.planned.map((plan) => clip(plan, endedPlans)) };
}

function isSame(a: PlannedWindow, b: PlannedWindow): boolean {
  return a.id === b.id && a.source === b.source && a.owner === b.owner;
}

function byPrecedence(a: PlannedWindow, b: PlannedWindow): number {
  return (b.plannedAt ?? 0) - (a.plannedAt ?? 0) || b.start - a.start || a.end - b.end;
}

function clip(plan: PlannedWindow, ended: readonly EndedPlan[] | undefined): PlannedWindow {
  const at = ended?.find(({ id }) => id === plan.id)?.at ?? Infinity;
  return at < plan.end ? { ...plan, end: at } : plan;
}

/** Too many are not believed: first what is over goes, then what lies farthest ahead. */
function kept(plans: readonly PlannedWindow[]): readonly PlannedWindow[] {
  const newest = Math.max(...plans.map(({ plannedAt }) => plannedAt ?? 0));
  const recent = plans.filter(({ end }) => end > newest - plannedKeepSeconds);
  const fitting = recent.length <= maxPlanned ? recent : recent.filter(({ end }) => end > newest);
  return [...fitting].sort(byStart).slice(0, maxPlanned);
}

function byStart(a: PlannedWindow, b: PlannedWindow): number {
  return (
    a.start - b.start || compareText(a.id, b.id) || compareText(a.source, b.source) || compareText(a.owner, b.owner)
  );
}

function withEnd(known: readonly EndedPlan[], id: string, at: UnixSeconds): readonly EndedPlan[] {
  const first = Math.min(at, known.find((ended) => ended.id === id)?.at ?? at);
  const all = [...known.filter((ended) => ended.id !== id), { id, at: first }];
  const newest = Math.max(...all.map((ended) => ended.at));
  return all
    .filter((ended) => ended.at > newest - endedKeepSeconds)
    .sort((a, b) => b.at - a.at || compareText(a.id, b.id))
    .slice(0, maxEnded);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
