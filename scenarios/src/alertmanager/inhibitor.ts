import type { LabelSet } from '../promql/labels.ts';
import { matchesAll } from '../promql/matcher.ts';
import type { InhibitRule } from './config.ts';
import type { StoredAlert } from './stored-alert.ts';
import { isResolvedAt } from './stored-alert.ts';

interface RuleState {
  readonly rule: InhibitRule;
  readonly sources: Map<LabelSet, StoredAlert>;
}

/** Says which alerts are muted by other alerts. Source: alertmanager inhibit/inhibit.go, 0.25. */
export class Inhibitor {
  readonly #rules: readonly RuleState[];

  constructor(rules: readonly InhibitRule[]) {
    this.#rules = rules.map((rule) => ({ rule, sources: new Map<LabelSet, StoredAlert>() }));
  }

  see(alert: StoredAlert): void {
    for (const { rule, sources } of this.#rules) {
      if (matchesAll(rule.sourceMatchers, alert.labels)) sources.set(alert.labels, alert);
    }
  }

  mutes(target: LabelSet, atMs: number): boolean {
    return this.#rules.some((state) => isMutedBy(state, target, atMs));
  }
}

/** A label missing on both sides counts as equal; an alert that matches both sides is not muted by another such. */
function isMutedBy({ rule, sources }: RuleState, target: LabelSet, atMs: number): boolean {
  if (!matchesAll(rule.targetMatchers, target)) return false;
  const isTwoSided = matchesAll(rule.sourceMatchers, target);
  for (const source of sources.values()) {
    if (isResolvedAt(source, atMs)) continue;
    if (!rule.equal.every((name) => source.labels.get(name) === target.get(name))) continue;
    if (isTwoSided && matchesAll(rule.targetMatchers, source.labels)) continue;
    return true;
  }
  return false;
}
