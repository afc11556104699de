import type { LabelSet } from '../promql/labels.ts';

export type AlertState = 'pending' | 'firing' | 'inactive';

/** One alert of one rule while Prometheus remembers it; `inactive` = resolved, kept to be told again. */
export interface ActiveAlert {
  readonly labels: LabelSet;
  state: AlertState;
  value: number;
  activeAtMs: number;
  firedAtMs: number | undefined;
  resolvedAtMs: number | undefined;
  keepFiringSinceMs: number | undefined;
  lastSentAtMs: number | undefined;
}

/** What Prometheus posts to Alertmanager. `endsAtMs` in the future = still firing. */
export interface PostedAlert {
  readonly labels: LabelSet;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
}
