import type { LabelSet } from '../promql/labels.ts';

/** An alert as Alertmanager keeps it. */
export interface StoredAlert {
  readonly labels: LabelSet;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly updatedAtMs: number;
}

export function isResolvedAt(alert: StoredAlert, atMs: number): boolean {
  return alert.endsAtMs <= atMs;
}

/**
 * Joins a newly received alert with the one already known when their activity overlaps: the earliest start stays, the
 * newest end counts. Source: alertmanager types/types.go `Merge` and provider/mem/mem.go `Put`, 0.25.
 */
export function mergeAlert(known: StoredAlert | undefined, received: StoredAlert): StoredAlert {
  if (known === undefined || !overlaps(known, received)) return received;
  return {
    ...received,
    startsAtMs: Math.min(known.startsAtMs, received.startsAtMs),
    endsAtMs: mergedEndMs(known, received),
  };
}

function overlaps(known: StoredAlert, received: StoredAlert): boolean {
  const endsInside = received.endsAtMs > known.startsAtMs && received.endsAtMs < known.endsAtMs;
  const startsInside = received.startsAtMs > known.startsAtMs && received.startsAtMs < known.endsAtMs;
  return endsInside || startsInside;
}

function mergedEndMs(known: StoredAlert, received: StoredAlert): number {
  const atMs = received.updatedAtMs;
  const isShortened = isResolvedAt(received, atMs) && !isResolvedAt(known, atMs);
  return isShortened ? received.endsAtMs : Math.max(known.endsAtMs, received.endsAtMs);
}
