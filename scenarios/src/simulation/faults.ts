import type { Fault, Scenario } from '../generator/scenario.ts';
import type { World } from '../world/world.ts';

/** Whether something is under a fault at a moment. */
export function isFaulty(faults: readonly Fault[], what: Fault['what'], at: number, replica?: number): boolean {
  return faults.some(
    (fault) =>
      fault.what === what && fault.from <= at && at < fault.to && (replica === undefined || fault.replica === replica),
  );
}

/** Stops and starts Prometheus and Alertmanager as the scenario says; call once per step with the step's end. */
export function applyFaults({ faults }: Scenario, world: World, at: number): void {
  if (isFaulty(faults, 'prometheus', at)) {
    if (world.isPrometheusRunning) world.stopPrometheus();
  } else if (!world.isPrometheusRunning) world.startPrometheus();
  const down = faults.find(({ what, from, to }) => what === 'alertmanager' && from <= at && at < to);
  if (down === undefined) world.startAlertmanager();
  else if (world.alertmanager.isRunning) world.stopAlertmanager({ isCrash: down.isCrash });
}
