import type { Query } from '../promql/engine.ts';
import { PromqlError } from '../promql/errors.ts';
import type { LabelMapping, LabelSet } from '../promql/labels.ts';
import { memoizeLabels, METRIC_NAME } from '../promql/labels.ts';
import type { Sample } from '../promql/value.ts';
import type { ActiveAlert, PostedAlert } from './alert.ts';
import { expandLabelTemplate } from './label-template.ts';
import type { Rule, RuleEnvironment } from './rule-environment.ts';
import { restoredActiveAtMs } from './restore.ts';
import type { AlertingRuleSpec } from './rule-file.ts';

/** How long a resolved alert is kept and sent again. */
const RESOLVED_RETENTION_MS = 15 * 60_000;

/** The state machine of one alerting rule. Source: prometheus rules/alerting.go, 2.42. */
export class AlertingRule implements Rule {
  readonly name: string;
  readonly spec: AlertingRuleSpec;
  readonly #environment: RuleEnvironment;
  readonly #query: Query;
  readonly #alertLabels: LabelMapping;
  readonly #forStateLabels: LabelMapping;
  readonly #pendingLabels: LabelMapping;
  readonly #firingLabels: LabelMapping;
  readonly #active = new Map<LabelSet, ActiveAlert>();
  #isRestored: boolean;

  /** `isRestored` = false while the group has still to look for the state of an earlier run of Prometheus. */
  constructor(spec: AlertingRuleSpec, environment: RuleEnvironment, isRestored: boolean) {
    const { engine } = environment;
    this.name = spec.name;
    this.spec = spec;
    this.#environment = environment;
    this.#query = engine.compile(spec.expr);
    this.#alertLabels = memoizeLabels((labels) => alertLabels(spec, labels, environment));
    this.#forStateLabels = seriesLabels(environment, 'ALERTS_FOR_STATE');
    this.#pendingLabels = seriesLabels(environment, 'ALERTS', 'pending');
    this.#firingLabels = seriesLabels(environment, 'ALERTS', 'firing');
    this.#isRestored = isRestored;
  }

  /** Everything Prometheus remembers about this rule, resolved alerts included. */
  alerts(): readonly Readonly<ActiveAlert>[] {
    return [...this.#active.values()];
  }

  evaluate(atMs: number): readonly Sample[] {
    const results = this.#results(atMs);
    for (const [labels, value] of results) this.#see(labels, value, atMs);
    const samples: Sample[] = [];
    for (const alert of this.#active.values()) {
      if (!this.#advance(alert, results.has(alert.labels), atMs)) continue;
      if (this.#isRestored) samples.push(...this.#seriesOf(alert));
    }
    return samples;
  }

  /** The alerts due at this evaluation, marked as sent. */
  takeDue(atMs: number, intervalMs: number): PostedAlert[] {
    const { resendDelayMs } = this.#environment.settings;
    const endsAtMs = atMs + 4 * Math.max(resendDelayMs, intervalMs);
    const due = [...this.#active.values()].filter((alert) => isDue(alert, atMs, resendDelayMs));
    return due.map((alert) => {
      alert.lastSentAtMs = atMs;
      return {
        labels: this.#withExternalLabels(alert.labels),
        startsAtMs: alert.firedAtMs ?? atMs,
        endsAtMs: alert.resolvedAtMs ?? endsAtMs,
      };
    });
  }

  /** Takes over how long each alert had been pending before a restart, from ALERTS_FOR_STATE. */
  restore(atMs: number): void {
    this.#isRestored = true;
    const { store, settings } = this.#environment;
    if (this.spec.forMs < settings.forGracePeriodMs) return;
    for (const alert of this.#active.values()) {
      const series = store.get(this.#forStateLabels(alert.labels));
      const restored = restoredActiveAtMs(series, this.spec.forMs, atMs, settings);
      if (restored !== undefined) alert.activeAtMs = restored;
    }
  }

  #results(atMs: number): Map<LabelSet, number> {
    const results = new Map<LabelSet, number>();
    for (const { labels, value } of this.#query({ store: this.#environment.store, atMs })) {
      const key = this.#alertLabels(labels);
      if (results.has(key)) throw new PromqlError(`${this.name}: same labelset after applying alert labels`);
      results.set(key, value);
    }
    return results;
  }

  #see(labels: LabelSet, value: number, atMs: number): void {
    const known = this.#active.get(labels);
    if (known !== undefined && known.state !== 'inactive') {
      known.value = value;
      return;
    }
    this.#active.set(labels, {
      labels,
      state: 'pending',
      value,
      activeAtMs: atMs,
      firedAtMs: undefined,
      resolvedAtMs: undefined,
      keepFiringSinceMs: undefined,
      lastSentAtMs: undefined,
    });
  }

  /** Moves one alert to its next state; true while it is pending or firing. */
  #advance(alert: ActiveAlert, isInResult: boolean, atMs: number): boolean {
    if (isInResult) alert.keepFiringSinceMs = undefined;
    else if (!this.#keepsFiring(alert, atMs)) {
      this.#resolve(alert, atMs);
      return false;
    }
    if (alert.state === 'pending' && atMs - alert.activeAtMs >= this.spec.forMs) {
      alert.state = 'firing';
      alert.firedAtMs = atMs;
    }
    return true;
  }

  #keepsFiring(alert: ActiveAlert, atMs: number): boolean {
    if (alert.state !== 'firing' || this.spec.keepFiringForMs === 0) return false;
    alert.keepFiringSinceMs ??= atMs;
    return atMs - alert.keepFiringSinceMs < this.spec.keepFiringForMs;
  }

  #resolve(alert: ActiveAlert, atMs: number): void {
    const isForgotten = alert.resolvedAtMs !== undefined && atMs - alert.resolvedAtMs > RESOLVED_RETENTION_MS;
    if (alert.state === 'pending' || isForgotten) this.#active.delete(alert.labels);
    if (alert.state === 'inactive') return;
    alert.state = 'inactive';
    alert.resolvedAtMs = atMs;
  }

  #seriesOf(alert: ActiveAlert): Sample[] {
    const alerts = alert.state === 'firing' ? this.#firingLabels : this.#pendingLabels;
    return [
      { labels: alerts(alert.labels), value: 1 },
      { labels: this.#forStateLabels(alert.labels), value: Math.floor(alert.activeAtMs / 1000) },
    ];
  }

  #withExternalLabels(labels: LabelSet): LabelSet {
    const missing = Object.entries(this.#environment.settings.externalLabels).filter(
      ([name]) => labels.get(name) === '',
    );
    return missing.length === 0 ? labels : this.#environment.engine.labels.with(labels, Object.fromEntries(missing));
  }
}

function isDue(alert: ActiveAlert, atMs: number, resendDelayMs: number): boolean {
  if (alert.state === 'pending') return false;
  const lastSentAtMs = alert.lastSentAtMs ?? -Infinity;
  if (alert.resolvedAtMs !== undefined && alert.resolvedAtMs > lastSentAtMs) return true;
  return lastSentAtMs + resendDelayMs < atMs;
}

function alertLabels(spec: AlertingRuleSpec, labels: LabelSet, { engine }: RuleEnvironment): LabelSet {
  const added = Object.entries(spec.labels).map(([name, template]) => [name, expandLabelTemplate(template, labels)]);
  return engine.labels.with(labels, {
    [METRIC_NAME]: '',
    ...Object.fromEntries(added),
    alertname: spec.name,
  });
}

function seriesLabels({ engine }: RuleEnvironment, metric: string, alertstate = ''): LabelMapping {
  return memoizeLabels((labels) => engine.labels.with(labels, { [METRIC_NAME]: metric, alertstate }));
}
