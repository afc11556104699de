import type { DeviceState } from '../domain/device.ts';
import type { MaintenanceData } from '../domain/event.ts';
import { maxPlanned } from '../domain/fold-plans.ts';
import type { Policy } from '../domain/policy.ts';
import type { UnixSeconds } from '../domain/time.ts';
import { durationText } from '../domain/words.ts';
import { apiSource } from '../fleet/source-board.ts';
import type { RejectionReason } from '../http/deps.ts';

export interface PlanRefusal {
  readonly reason: Extract<RejectionReason, 'plan_too_long' | 'plan_ended' | 'too_many_plans'>;
  readonly detail: string;
  /** JSON pointer inside the event. */
  readonly field: string;
}

/**
 * Why a plan that was posted for a device is not taken. One that was said before its id was ended is taken: it only
 * arrived late, and is over as well.
 */
export function refusePlan(
  { id, owner, start, end }: MaintenanceData,
  saidAt: UnixSeconds,
  device: DeviceState | undefined,
  policy: Policy,
  now: UnixSeconds,
): PlanRefusal | undefined {
  const { capSeconds } = policy.maintenance;
  if (end - start > capSeconds) {
    const detail = `maintenance may last ${durationText(capSeconds)} at the most; plan several`;
    return { reason: 'plan_too_long', detail, field: '/data/end' };
  }
  const ended = device?.endedPlans?.find((known) => known.id === id);
  if (ended !== undefined && saidAt > ended.at)
    return { reason: 'plan_ended', detail: 'a plan of this id was ended; plan again under another', field: '/data/id' };
  const others = (device?.planned ?? []).filter(
    (plan) => plan.end > now && !(plan.id === id && plan.owner === owner && plan.source === apiSource),
  );
  if (others.length >= maxPlanned) {
    const detail = `a device may have ${String(maxPlanned)} plans that are not over`;
    return { reason: 'too_many_plans', detail, field: '/data' };
  }
  return undefined;
}
