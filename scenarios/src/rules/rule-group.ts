import { PromqlError } from '../promql/errors.ts';
import type { LabelSet } from '../promql/labels.ts';
import type { Sample } from '../promql/value.ts';
import type { PostedAlert } from './alert.ts';
import { AlertingRule } from './alerting-rule.ts';
import { createRecordingRule } from './recording-rule.ts';
import type { Rule, RuleEnvironment } from './rule-environment.ts';
import type { RuleGroupSpec, RuleSpec } from './rule-file.ts';

/** Receives the due alerts of one rule, right after that rule was evaluated. */
export type SendAlerts = (alerts: readonly PostedAlert[], atMs: number) => void;

/** A failed evaluation of one rule; the other rules of the group go on. */
export interface RuleFailure {
  readonly rule: string;
  readonly atMs: number;
  readonly message: string;
}

interface RuleSlot {
  readonly rule: Rule;
  written: ReadonlySet<LabelSet>;
}

/** Rules evaluated one after the other at one timestamp, each seeing what the ones before it wrote. */
export class RuleGroup {
  readonly spec: RuleGroupSpec;
  readonly failures: RuleFailure[] = [];
  readonly #environment: RuleEnvironment;
  readonly #slots: readonly RuleSlot[];
  readonly #send: SendAlerts;
  #evaluationsUntilRestore: number;

  /** With `restoresState` the first two evaluations write no ALERTS, then the state of the earlier run is taken over. */
  constructor(spec: RuleGroupSpec, environment: RuleEnvironment, send: SendAlerts, restoresState: boolean) {
    this.spec = spec;
    this.#environment = environment;
    this.#send = send;
    this.#evaluationsUntilRestore = restoresState ? 2 : 0;
    this.#slots = spec.rules.map((rule) => ({
      rule: createRule(rule, environment, !restoresState),
      written: new Set<LabelSet>(),
    }));
  }

  alertingRules(): AlertingRule[] {
    return this.#slots.map(({ rule }) => rule).filter((rule) => rule instanceof AlertingRule);
  }

  evaluate(atMs: number): void {
    for (const slot of this.#slots) this.#evaluateRule(slot, atMs);
    if (this.#evaluationsUntilRestore === 0) return;
    this.#evaluationsUntilRestore--;
    if (this.#evaluationsUntilRestore === 0) for (const rule of this.alertingRules()) rule.restore(atMs);
  }

  #evaluateRule(slot: RuleSlot, atMs: number): void {
    const samples = this.#samplesOf(slot.rule, atMs);
    if (samples === undefined) return;
    if (slot.rule instanceof AlertingRule) {
      const due = slot.rule.takeDue(atMs, this.spec.intervalMs);
      if (due.length > 0) this.#send(due, atMs);
    }
    slot.written = this.#write(samples, slot.written, atMs);
  }

  #samplesOf(rule: Rule, atMs: number): readonly Sample[] | undefined {
    try {
      return rule.evaluate(atMs);
    } catch (error) {
      if (!(error instanceof PromqlError)) throw error;
      this.failures.push({ rule: rule.name, atMs, message: error.message });
      return undefined;
    }
  }

  /** Appends the samples, and a staleness marker to each series that the evaluation before wrote and this one did not. */
  #write(samples: readonly Sample[], previous: ReadonlySet<LabelSet>, atMs: number): ReadonlySet<LabelSet> {
    const { store } = this.#environment;
    const written = new Set<LabelSet>();
    for (const { labels, value } of samples) {
      if (store.append(labels, atMs, value)) written.add(labels);
    }
    for (const labels of previous) {
      if (!written.has(labels)) store.appendStale(labels, atMs);
    }
    return written;
  }
}

function createRule(spec: RuleSpec, environment: RuleEnvironment, isRestored: boolean): Rule {
  if (spec.kind === 'recording') return createRecordingRule(spec, environment);
  return new AlertingRule(spec, environment, isRestored);
}
