import type { Series } from '../promql/series-store.ts';
import type { RuleSettings } from './rule-environment.ts';

/**
 * When an alert counts as having become active, after a restart of Prometheus: the time it spent pending before the
 * outage counts, the outage itself does not, and at least the grace period is waited. Undefined = nothing to restore.
 * Source: prometheus rules/manager.go `RestoreForState`, 2.42.
 */
export function restoredActiveAtMs(
  forState: Series | undefined,
  forMs: number,
  atMs: number,
  settings: RuleSettings,
): number | undefined {
  const index = forState?.indexAtOrBefore(atMs) ?? -1;
  const downAtMs = forState?.timesMs[index];
  const activeAtSeconds = forState?.values[index];
  if (forState === undefined || downAtMs === undefined || activeAtSeconds === undefined) return undefined;
  if (downAtMs < atMs - settings.outageToleranceMs || forState.isStaleAt(index)) return undefined;
  const activeAtMs = activeAtSeconds * 1000;
  const remainingMs = forMs - (downAtMs - activeAtMs);
  if (remainingMs <= 0) return activeAtMs;
  if (remainingMs < settings.forGracePeriodMs) return atMs + settings.forGracePeriodMs - forMs;
  return activeAtMs + (atMs - downAtMs);
}
