import type { Notification } from '../alertmanager/alertmanager.ts';
import { Alertmanager } from '../alertmanager/alertmanager.ts';
import type { AlertmanagerConfig } from '../alertmanager/config.ts';
import type { PromqlEngine, Query } from '../promql/engine.ts';
import type { LabelSet } from '../promql/labels.ts';
import { SeriesStore } from '../promql/series-store.ts';
import type { Vector } from '../promql/value.ts';
import type { ActiveAlert } from '../rules/alert.ts';
import { RuleEngine } from '../rules/rule-engine.ts';
import type { RuleSettings } from '../rules/rule-environment.ts';
import type { RuleGroupSpec } from '../rules/rule-file.ts';
import type { RuleFailure } from '../rules/rule-group.ts';
import { ScrapeTarget } from './scrape-target.ts';

export interface WorldOptions {
  /** Share one between the worlds of a run: expressions and labels are then prepared once. */
  readonly engine: PromqlEngine;
  readonly groups: readonly RuleGroupSpec[];
  readonly alertmanager: AlertmanagerConfig;
  readonly startAtMs: number;
  readonly settings?: Partial<RuleSettings>;
  readonly ruleOffsetMs?: (group: RuleGroupSpec) => number;
}

/**
 * One Prometheus and one Alertmanager in virtual time. Append samples up to an instant, then `advanceTo` it: every
 * evaluation and every flush up to and including that instant happens, in order of time.
 */
export class World {
  readonly store = new SeriesStore();
  readonly alertmanager: Alertmanager;
  readonly #options: WorldOptions;
  readonly #targets: ScrapeTarget[] = [];
  readonly #pastFailures: RuleFailure[] = [];
  #rules: RuleEngine | undefined;
  #nowMs: number;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.#nowMs = options.startAtMs;
    this.alertmanager = new Alertmanager(options.alertmanager, options.engine.labels, options.startAtMs);
    this.#rules = this.#startRules();
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  get isPrometheusRunning(): boolean {
    return this.#rules !== undefined;
  }

  get notifications(): readonly Notification[] {
    return this.alertmanager.notifications;
  }

  labels(labels: Readonly<Record<string, string>>): LabelSet {
    return this.#options.engine.labels.of(labels);
  }

  addTarget(targetLabels: Readonly<Record<string, string>>): ScrapeTarget {
    const target = new ScrapeTarget(this.store, this.#options.engine.labels, targetLabels);
    this.#targets.push(target);
    return target;
  }

  advanceTo(untilMs: number): void {
    for (;;) {
      const rulesAtMs = this.#rules?.nextAtMs() ?? Infinity;
      const alertmanagerAtMs = this.alertmanager.nextAtMs();
      const nextMs = Math.min(rulesAtMs, alertmanagerAtMs);
      if (nextMs > untilMs) break;
      this.#nowMs = nextMs;
      if (alertmanagerAtMs <= rulesAtMs) this.alertmanager.runDue(nextMs);
      else this.#rules?.evaluateDue(nextMs);
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  /** Pending and firing alerts, as `/api/v1/alerts` lists them; none while Prometheus is down. */
  activeAlerts(): readonly Readonly<ActiveAlert>[] {
    return this.#rules?.activeAlerts() ?? [];
  }

  /** An instant query at the present; undefined while Prometheus is down. */
  query(expr: string): Vector | undefined {
    if (this.#rules === undefined) return undefined;
    const query: Query = this.#options.engine.compile(expr);
    return query({ store: this.store, atMs: this.#nowMs });
  }

  /** Evaluations that failed, over all runs of Prometheus; a sound scenario has none. */
  ruleFailures(): readonly RuleFailure[] {
    return [...this.#pastFailures, ...(this.#rules?.failures() ?? [])];
  }

  /** The store stays, the state of the rules and the memory of the targets go. Append nothing while it is down. */
  stopPrometheus(): void {
    this.#pastFailures.push(...(this.#rules?.failures() ?? []));
    this.#rules = undefined;
    for (const target of this.#targets) target.forget();
  }

  startPrometheus(): void {
    this.#rules ??= this.#startRules();
  }

  stopAlertmanager(options: { isCrash?: boolean } = {}): void {
    this.alertmanager.stop(options);
  }

  startAlertmanager(): void {
    if (!this.alertmanager.isRunning) this.alertmanager.start(this.#nowMs);
  }

  #startRules(): RuleEngine {
    const { engine, groups, settings, ruleOffsetMs } = this.#options;
    return new RuleEngine(
      {
        engine,
        store: this.store,
        groups,
        send: (alerts, atMs) => {
          this.alertmanager.receive(alerts, atMs);
        },
        ...(settings === undefined ? {} : { settings }),
        ...(ruleOffsetMs === undefined ? {} : { offsetMs: ruleOffsetMs }),
      },
      this.#nowMs,
      true,
    );
  }
}
