import type { PromqlEngine } from '../promql/engine.ts';
import type { SeriesStore } from '../promql/series-store.ts';
import type { ActiveAlert } from './alert.ts';
import type { RuleSettings } from './rule-environment.ts';
import { DEFAULT_RULE_SETTINGS } from './rule-environment.ts';
import type { RuleGroupSpec } from './rule-file.ts';
import type { RuleFailure, SendAlerts } from './rule-group.ts';
import { RuleGroup } from './rule-group.ts';

/** Prometheus posts at most this many alerts in one request. */
const MAX_BATCH = 64;

export interface RuleEngineOptions {
  readonly engine: PromqlEngine;
  readonly store: SeriesStore;
  readonly groups: readonly RuleGroupSpec[];
  readonly send: SendAlerts;
  readonly settings?: Partial<RuleSettings>;
  /** Where in its interval a group evaluates, by group name; Prometheus derives it from a hash. Default 0. */
  readonly offsetMs?: (group: RuleGroupSpec) => number;
}

interface ScheduledGroup {
  readonly group: RuleGroup;
  nextAtMs: number;
}

/** The rule manager of one run of Prometheus. A restart is a new engine over the same store. */
export class RuleEngine {
  readonly #scheduled: readonly ScheduledGroup[];

  /** Groups start at their first slot after `startAtMs`; `restoresState` = an earlier run left ALERTS_FOR_STATE. */
  constructor(options: RuleEngineOptions, startAtMs: number, restoresState: boolean) {
    const settings = { ...DEFAULT_RULE_SETTINGS, ...options.settings };
    const environment = { engine: options.engine, store: options.store, settings };
    const send = inBatches(options.send);
    this.#scheduled = options.groups.map((spec) => ({
      group: new RuleGroup(spec, environment, send, restoresState),
      nextAtMs: firstSlotMs(startAtMs, spec.intervalMs, options.offsetMs?.(spec) ?? 0),
    }));
  }

  nextAtMs(): number {
    return this.#scheduled.reduce((soonest, { nextAtMs }) => Math.min(soonest, nextAtMs), Infinity);
  }

  /** Evaluates every group that is due at `atMs`, in file order. */
  evaluateDue(atMs: number): void {
    for (const scheduled of this.#scheduled) {
      if (scheduled.nextAtMs > atMs) continue;
      scheduled.group.evaluate(atMs);
      scheduled.nextAtMs += scheduled.group.spec.intervalMs;
    }
  }

  /** Pending and firing alerts, as `/api/v1/alerts` lists them. */
  activeAlerts(): readonly Readonly<ActiveAlert>[] {
    const rules = this.#scheduled.flatMap(({ group }) => group.alertingRules());
    return rules.flatMap((rule) => rule.alerts()).filter(({ state }) => state !== 'inactive');
  }

  failures(): readonly RuleFailure[] {
    return this.#scheduled.flatMap(({ group }) => group.failures);
  }
}

function firstSlotMs(startAtMs: number, intervalMs: number, offsetMs: number): number {
  return Math.floor((startAtMs - offsetMs) / intervalMs + 1) * intervalMs + offsetMs;
}

function inBatches(send: SendAlerts): SendAlerts {
  return (alerts, atMs) => {
    for (let from = 0; from < alerts.length; from += MAX_BATCH) send(alerts.slice(from, from + MAX_BATCH), atMs);
  };
}
