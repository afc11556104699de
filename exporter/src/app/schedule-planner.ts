import { createHash } from 'node:crypto';
import type { ScheduleConfig } from '../config/schema.ts';
import type { DeviceKey, DeviceState } from '../domain/device.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { operatorSource, scheduleSource } from '../fleet/source-board.ts';
import type { Windows } from '../http/deps.ts';
import { matchesDevice } from '../identity/groups.ts';
import { createSlicer } from '../fleet/slicer.ts';
import { occurrences, type Occurrence } from '../schedule/recurrence.ts';
import { endPlan, recordPlans, type Plan, type PlanDeps } from './plans.ts';

export interface SchedulePlannerDeps extends PlanDeps {
  readonly fleet: Pick<Fleet, 'state' | 'states' | 'muteableInstance'>;
  readonly windows: Pick<Windows, 'cancel'>;
  readonly schedules: () => readonly ScheduleConfig[];
}

/** An occurrence becomes windows this long before it begins: late enough that edits of the schedule cost little. */
const leadSeconds = 24 * 3600;
const plansPerBatch = 500;
const sliceMs = 4;

/**
 * One round: plans what the configured schedules want in the next day, and takes back what they planned and no longer
 * want, running windows included. A window that a person cancelled is not planned again.
 */
export async function planSchedules(deps: SchedulePlannerDeps): Promise<void> {
  const now = deps.clock.now();
  const due = deps
    .schedules()
    .flatMap((schedule) =>
      occurrences(schedule.recurrence, now, now + leadSeconds).map((occurrence) => ({ schedule, occurrence })),
    );
  const plans: Plan[] = [];
  const unwanted: { readonly device: DeviceKey; readonly id: string }[] = [];
  const slicer = createSlicer(sliceMs);
  for (const state of deps.fleet.states()) {
    await slicer.breathe();
    const wanted = due
      .filter(({ schedule }) => !state.removed && matchesDevice(state.source, state.facts, schedule.match))
      .map(({ schedule, occurrence }) => ({ schedule, occurrence, id: planId(schedule, occurrence, state) }));
    const ids = new Set(wanted.map(({ id }) => id));
    for (const plan of state.planned)
      if (plan.source === scheduleSource && plan.end > now && !ids.has(plan.id))
        unwanted.push({ device: state.key, id: plan.id });
    const instance = deps.fleet.muteableInstance(state.key);
    if (instance === undefined) continue;
    for (const { schedule, occurrence, id } of wanted)
      if (!state.planned.some((plan) => plan.id === id)) plans.push(toPlan(schedule, occurrence, id, state, instance));
  }
  for (let first = 0; first < plans.length; first += plansPerBatch)
    await recordPlans(plans.slice(first, first + plansPerBatch), deps);
  for (const { device, id } of unwanted) {
    await deps.windows.cancel(id, 'its schedule no longer asks for it', operatorSource);
    // Its window may be over before its time, or was never stored: the plan alone would still explain an outage.
    await endPlan(device, id, operatorSource, deps);
  }
}

/** The same for the same occurrence of the same organization's device, so that a restart plans nothing twice. */
function planId(
  { name }: ScheduleConfig,
  { start, end }: Occurrence,
  { key: device, facts: { organization } }: DeviceState,
): string {
  return createHash('sha256')
    .update(JSON.stringify([name, start, end, organization, device]))
    .digest('hex')
    .slice(0, 32);
}

function toPlan(
  { name, reason }: ScheduleConfig,
  { start, end }: Occurrence,
  id: string,
  { key, facts }: DeviceState,
  instance: string,
): Plan {
  return {
    id,
    source: scheduleSource,
    device: key,
    organization: facts.organization,
    instance,
    start,
    end,
    reason,
    owner: `schedule:${name}`,
  };
}
