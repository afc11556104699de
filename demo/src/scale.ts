import { defaultPolicy } from '../../exporter/src/domain/policy.ts';

/**
 * One minute of production is two seconds here. Smaller would not be honest any more: the exporter publishes once a
 * second whatever the scale, and a window has to reach Prometheus well inside the `for` of HostDown (2 min → 4 s).
 */
export const factor = 1 / 30;

/** The delivered waits that the story speaks of, as they last here. */
export const scaled = {
  budgetSeconds: defaultPolicy.budget.defaultSeconds * factor,
  settleSeconds: defaultPolicy.verification.settleSeconds * factor,
  /** `for` of HostDown. */
  downForSeconds: 120 * factor,
  groupWaitSeconds: 30 * factor,
} as const;

/** Seconds of the demo in production's words: `60` → `30 min`, `1` → `30 s`. */
export function inProduction(seconds: number): string {
  const real = seconds / factor;
  return real >= 90 ? `${String(Math.round(real / 60))} min` : `${String(Math.round(real))} s`;
}
