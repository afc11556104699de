import type { LabelSet } from '../promql/labels.ts';
import type { PromqlEngine } from '../promql/engine.ts';
import type { SeriesStore } from '../promql/series-store.ts';
import type { Sample } from '../promql/value.ts';

/** Settings of the Prometheus process that runs the rules; the defaults are those of its flags. */
export interface RuleSettings {
  /** `--rules.alert.resend-delay` */
  readonly resendDelayMs: number;
  /** `--rules.alert.for-outage-tolerance` */
  readonly outageToleranceMs: number;
  /** `--rules.alert.for-grace-period` */
  readonly forGracePeriodMs: number;
  /** `external_labels`, added to alerts on their way out where the alert does not carry the name itself. */
  readonly externalLabels: Readonly<Record<string, string>>;
}

export const DEFAULT_RULE_SETTINGS: RuleSettings = {
  resendDelayMs: 60_000,
  outageToleranceMs: 3_600_000,
  forGracePeriodMs: 600_000,
  externalLabels: {},
};

export interface RuleEnvironment {
  readonly engine: PromqlEngine;
  readonly store: SeriesStore;
  readonly settings: RuleSettings;
}

/** A rule as its group sees it. `evaluate` throws PromqlError when the evaluation fails; nothing is written then. */
export interface Rule {
  readonly name: string;
  evaluate(atMs: number): readonly Sample[];
}

export function areLabelsDistinct(samples: readonly { readonly labels: LabelSet }[]): boolean {
  return new Set(samples.map(({ labels }) => labels)).size === samples.length;
}
