import type { DeviceKey } from '../domain/device.ts';
import type { DomainEvent } from '../domain/event.ts';
import type { LedgerEntry } from '../domain/ledger.ts';
import { toRfc3339, type Clock, type UnixSeconds } from '../domain/time.ts';
import type { SilenceWindow } from '../domain/window.ts';
import type { EventLog } from '../fleet/event-log.ts';
import type { FleetView } from '../fleet/fleet-view.ts';
import { operatorSource } from '../fleet/source-board.ts';
import type { PatchStore } from '../store/patch-store.ts';

/** Maintenance of one device that somebody, or a schedule, wants at a time. */
export interface Plan {
  readonly id: string;
  /** Source id under which the plan is logged. */
  readonly source: string;
  readonly device: DeviceKey;
  readonly organization: string;
  readonly instance: string;
  readonly start: UnixSeconds;
  readonly end: UnixSeconds;
  readonly reason: string;
  readonly owner: string;
}

export interface PlanDeps {
  readonly clock: Clock;
  readonly log: EventLog;
  readonly store: Pick<PatchStore, 'recordDecisions'>;
}

/**
 * Makes plans durable: an event, which is evidence from then on, and the window with its ledger line. A plan whose id the
 * log has seen before is left as it is, also when it was cancelled since. Returns the windows of the new ones.
 */
export async function recordPlans(plans: readonly Plan[], deps: PlanDeps): Promise<readonly SilenceWindow[]> {
  const now = deps.clock.now();
  const results = await deps.log.append(plans.map((plan) => planEvent(plan, now)));
  const windows = plans.filter((_, index) => results[index]?.result === 'accepted').map(planWindow);
  if (windows.length > 0) {
    await deps.store.recordDecisions(
      windows,
      windows.map((window) => planEntry(window, now, window.owner)),
    );
  }
  return windows;
}

function planEvent(
  { id, source, device, organization, start, end, reason, owner }: Plan,
  now: UnixSeconds,
): DomainEvent {
  return {
    source,
    dedupKey: id,
    organization,
    device,
    occurredAt: now,
    receivedAt: now,
    type: 'maintenance.planned',
    data: { id, start, end, reason, owner },
  };
}

/** The plan is the window's evidence: whoever finds it open and the plan ended knows that it is over. */
function planWindow({ id, source, device, organization, instance, start, end, reason, owner }: Plan): SilenceWindow {
  return {
    id,
    kind: 'maintenance',
    device,
    organization,
    instance,
    cause: reason,
    owner,
    triggeredAt: start,
    budgetSeconds: end - start,
    openedAt: start,
    endsAt: end,
    patches: [],
    evidence: [{ kind: 'planned_window', source, at: start, validUntil: end, patches: [], ref: id, owner }],
  };
}

export function planEntry(window: SilenceWindow, now: UnixSeconds, actor: string): LedgerEntry {
  return {
    at: now,
    organization: window.organization,
    device: window.device,
    instance: window.instance,
    windowId: window.id,
    action: 'planned',
    reason: 'planned_window',
    text: `${actor} planned maintenance of ${window.instance} from ${toRfc3339(window.openedAt)} to ${toRfc3339(window.endsAt)}: ${window.cause}.`,
    actor,
    until: window.endsAt,
    evidence: [],
  };
}

/** Ends a plan that nobody wants any more, so that it cannot explain the next outage either. False when there was none. */
export async function endPlan(
  device: DeviceKey,
  id: string,
  actor: string,
  { clock, fleet, log }: Pick<PlanDeps, 'clock' | 'log'> & { readonly fleet: Pick<FleetView, 'state'> },
): Promise<boolean> {
  const now = clock.now();
  const state = fleet.state(device);
  const plan = state?.planned.find((candidate) => candidate.id === id && candidate.end > now);
  if (state === undefined || plan === undefined) return false;
  await log.append([
    {
      source: operatorSource,
      dedupKey: `${id}/ended/${actor}/${String(now)}`,
      organization: state.facts.organization,
      device,
      occurredAt: now,
      receivedAt: now,
      type: 'maintenance.ended',
      data: { id },
    },
  ]);
  return true;
}
