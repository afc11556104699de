import { connectorErrorKinds, type ConnectorErrorKind } from '../domain/errors.ts';
import type { FleetView } from '../fleet/fleet-view.ts';
import type { Slicer } from '../fleet/slicer.ts';
import type { SelfMetrics, UnmatchedCount } from '../metrics/self-metrics.ts';
import type { CollectionRun } from '../store/patch-store.ts';

/** Tells the metrics how each run ended. Lookups count only when they fail: they say nothing about the whole source. */
export function createRunRecorder(self: SelfMetrics): (run: CollectionRun) => void {
  return (run) => {
    if (run.reason === 'aborted') return;
    const { source, endedAt, dropped, unknownWords } = run;
    const durationSeconds = Math.max(0, endedAt - run.startedAt);
    if (!run.ok) {
      self.sourceRun({ source, endedAt, durationSeconds, outcome: { complete: false, reason: kindOf(run.reason) } });
    } else if (run.kind === 'snapshot') {
      const outcome = { complete: true, devices: run.devices ?? 0, dropped, unknownWords } as const;
      self.sourceRun({ source, endedAt: run.startedAt, durationSeconds, outcome });
    }
  };
}

function kindOf(reason: string | undefined): ConnectorErrorKind {
  return connectorErrorKinds.find((kind) => kind === reason) ?? 'unavailable';
}

/** Counts devices that nothing can be muted for, because they have no place in Prometheus. */
export async function recordUnmatched(fleet: FleetView, self: SelfMetrics, slicer: Slicer): Promise<void> {
  const counts = new Map<string, UnmatchedCount>();
  for (const { state, identity } of fleet.devices()) {
    await slicer.breathe();
    if (identity.status === 'matched') continue;
    const key = JSON.stringify([state.facts.organization, identity.status]);
    const devices = (counts.get(key)?.devices ?? 0) + 1;
    counts.set(key, { organization: state.facts.organization, reason: identity.status, devices });
  }
  self.unmatched([...counts.values()]);
}
