import { randomUUID } from 'node:crypto';
import type { Policy } from '../domain/policy.ts';
import type { Clock } from '../domain/time.ts';
import { isOpen, type SilenceWindow } from '../domain/window.ts';
import { durationText } from '../domain/words.ts';
import type { EventLog } from '../fleet/event-log.ts';
import type { FleetView } from '../fleet/fleet-view.ts';
import { operatorSource } from '../fleet/source-board.ts';
import type { WindowRefusal, WindowRequest, WindowResult, Windows } from '../http/deps.ts';
import type { PatchStore } from '../store/patch-store.ts';
import type { SuppressionController } from '../watcher/controller.ts';
import { endPlan, planEntry, recordPlans, type Plan } from './plans.ts';

export interface WindowsDeps {
  readonly clock: Clock;
  readonly fleet: FleetView;
  readonly log: EventLog;
  readonly store: Pick<PatchStore, 'readWindow' | 'recordDecisions'>;
  readonly controller: SuppressionController;
  readonly policy: () => Policy;
}

/**
 * Windows made by people. Planning one is an event like any other: durable, then evidence. The silence itself is still
 * opened by the controller, under the same caps.
 */
export function createWindows(deps: WindowsDeps): Windows {
  return {
    async open(request, actor) {
      const refusal = refuse(request, deps);
      if (refusal !== undefined) return refusal;
      const plans = request.devices.flatMap((device): Plan[] => {
        const view = deps.fleet.get(device);
        if (view?.identity.status !== 'matched') return [];
        const { organization } = view.state.facts;
        const { instance } = view.identity;
        const { start, end, reason } = request;
        const id = randomUUID();
        return [{ id, source: operatorSource, device, organization, instance, start, end, reason, owner: actor }];
      });
      const windows = await recordPlans(plans, deps);
      return { ok: true, windows };
    },

    async cancel(id, reason, actor) {
      const known = await deps.store.readWindow(id);
      const now = deps.clock.now();
      if (known === undefined) return no('already_closed', 'there is no open window with this id');
      const hadPlan = await endPlan(known.device, id, actor, deps);
      // Its checks may have ended it before its time: the plan alone would still explain an outage.
      if (!isOpen(known, now))
        return hadPlan ? { ok: true, windows: [known] } : no('already_closed', 'there is no open window with this id');
      const closed =
        (await deps.controller.cancel(id, actor, reason)) ?? (await cancelPlanned(known, reason, actor, deps));
      for (const piece of closed.evidence)
        if (piece.kind === 'planned_window') await endPlan(known.device, piece.ref, actor, deps);
      return { ok: true, windows: [closed] };
    },
  };
}

/** A plan whose time has not come is known to the store only. */
async function cancelPlanned(
  window: SilenceWindow,
  reason: string,
  actor: string,
  deps: WindowsDeps,
): Promise<SilenceWindow> {
  const now = deps.clock.now();
  const closed: SilenceWindow = { ...window, closedAt: now, outcome: 'cancelled' };
  const entry = {
    ...planEntry(window, now, actor),
    action: 'closed' as const,
    reason: 'cancelled',
    text: `cancelled: ${reason}`,
  };
  await deps.store.recordDecisions([closed], [entry]);
  return closed;
}

function refuse(request: WindowRequest, deps: WindowsDeps): WindowResult | undefined {
  const cap = deps.policy().maintenance.capSeconds;
  if (request.end <= deps.clock.now()) return no('in_the_past', 'the window would already be over');
  if (request.end - request.start > cap) {
    return no('too_long', `a window may last ${durationText(cap)} at the most; plan several`);
  }
  for (const device of request.devices) {
    const view = deps.fleet.get(device);
    if (view?.identity.status !== 'matched') {
      return no('unmatched', `${device} is not matched to a Prometheus instance, so nothing could be muted`, device);
    }
    const overlap = view.state.planned.some((plan) => plan.start < request.end && request.start < plan.end);
    if (overlap) return no('overlaps', `${device} already has a planned window in this time`, device);
  }
  return undefined;
}

function no(reason: WindowRefusal, detail: string, device?: string): WindowResult {
  return { ok: false, reason, detail, ...(device === undefined ? {} : { device }) };
}
