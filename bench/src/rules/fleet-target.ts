import { systemClock, type UnixSeconds } from '../../../exporter/src/domain/time.ts';
import type { SilenceWindow } from '../../../exporter/src/domain/window.ts';
import type { DeviceView } from '../../../exporter/src/fleet/fleet-view.ts';
import { fleetFamilies } from '../../../exporter/src/metrics/catalogue.ts';
import { createExposition } from '../../../exporter/src/metrics/exposition/exposition.ts';
import { metricsHandler } from '../../../exporter/src/metrics/http/metrics-handler.ts';
import { createSelfMetrics } from '../../../exporter/src/metrics/self-metrics.ts';
import { startHttpListener, type HttpListener } from '../../../testbed/src/http-listener.ts';
import { deviceAt } from '../scrape/fleet.ts';

/**
 * `sparse`: an ordinary night. 1 % of the devices are down, half of them inside a quiet window, and another 1 % had one
 * in the last 24 h. `dense`: the worst night. Every device had a window, every other one of them is still open.
 */
export type Density = 'sparse' | 'dense';

const day = 86_400;
const isDown = (index: number) => index % 100 === 0;

function windowState(index: number, density: Density): 'open' | 'closed' | 'none' {
  if (density === 'dense') return Math.floor(index / 100) % 2 === 0 ? 'open' : 'closed';
  if (isDown(index)) return index % 200 === 0 ? 'open' : 'none';
  return index % 100 === 1 ? 'closed' : 'none';
}

function quietWindow(view: DeviceView, state: 'open' | 'closed', now: UnixSeconds): SilenceWindow {
  const { key, facts } = view.state;
  const openedAt = now - 1200;
  const window: SilenceWindow = {
    id: key,
    kind: 'quiet',
    device: key,
    organization: facts.organization,
    instance: view.identity.status === 'matched' ? view.identity.instance : '',
    cause: 'patch.installed',
    owner: 'patchhaven',
    triggeredAt: openedAt,
    downAt: openedAt,
    budgetSeconds: 3600,
    openedAt,
    endsAt: now + 3600,
    patches: [],
    evidence: [],
  };
  if (state === 'open') return window;
  const check = { result: 'passed', detail: '', at: now - 300 } as const;
  return {
    ...window,
    closedAt: now - 600,
    outcome: 'returned',
    verification: {
      verdict: 'passed',
      startedAt: now - 600,
      settlesAt: now - 500,
      rounds: 2,
      consecutivePasses: 2,
      checks: [
        { check: 'services', ...check },
        { check: 'http', ...check },
      ],
      endedAt: now - 300,
    },
  };
}

/** A fleet that is looked after: 2 % of the devices have a failed install, 3 % an old critical one or an old reboot. */
function lookedAfter(index: number, now: UnixSeconds): DeviceView {
  const view = deviceAt(index, 0);
  const { rebootPendingSince: _since, ...state } = view.state;
  const isNeglected = index % 33 === 0;
  const openedAt = now - (isNeglected ? 20 : 2) * day;
  const patches = view.state.facts.patches?.map((patch) => ({
    ...patch,
    status: patch.status === 'failed' && index % 50 !== 0 ? ('installed' as const) : patch.status,
    firstSeenAt: openedAt,
  }));
  return {
    ...view,
    state: {
      ...state,
      ...(view.state.facts.rebootPending === true && { rebootPendingSince: openedAt }),
      facts: { ...state.facts, ...(patches !== undefined && { patches }) },
    },
  };
}

export interface FleetTarget {
  readonly listener: HttpListener;
  /** Families that the rules read over the last ten minutes. */
  readonly rangeFamilies: readonly string[];
  readonly otherFamilies: readonly string[];
}

/** The fleet's own pages at `/metrics`, and the `up` of every host, as its Prometheus would have it, at `/up`. */
export async function startFleetTarget(devices: number, density: Density): Promise<FleetTarget> {
  const now = systemClock.now();
  const exposition = createExposition({
    families: fleetFamilies,
    organizationLabel: 'organization',
    clock: systemClock,
  });
  const ups: string[] = [];
  for (let index = 0; index < devices; index += 1) {
    const view = lookedAfter(index, now);
    const state = windowState(index, density);
    exposition.upsert(state === 'none' ? view : { ...view, quiet: quietWindow(view, state, now) });
    const instance = view.identity.status === 'matched' ? view.identity.instance : '';
    const labels = `job="node",organization="${view.state.facts.organization}",instance="${instance}"`;
    ups.push(`up{${labels}} ${isDown(index) ? '0' : '1'}\n`);
    if (index % 5000 === 4999) await exposition.publish();
  }
  await exposition.publish();
  const self = createSelfMetrics({ organizationLabel: 'organization', version: 'bench' });
  const metrics = metricsHandler(exposition, self);
  const upText = ups.join('');
  const listener = await startHttpListener((request, response) => {
    if (request.url?.startsWith('/up') === true) response.end(upText);
    else void metrics(request, response);
  });
  const names = [...exposition.familyNames];
  const isRange = (name: string) => /quiet_until|maintenance_until|verification/.test(name);
  return {
    listener,
    rangeFamilies: names.filter(isRange),
    otherFamilies: names.filter((name) => !isRange(name)),
  };
}
