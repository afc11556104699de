import type { LabelInterner, LabelSet } from '../promql/labels.ts';
import type { Route } from './config.ts';
import type { StoredAlert } from './stored-alert.ts';
import { isResolvedAt } from './stored-alert.ts';

/** Alerts told together: one route, one set of group labels. Source: alertmanager dispatch/dispatch.go, 0.25. */
export class AlertGroup {
  readonly route: Route;
  readonly labels: LabelSet;
  readonly #alerts = new Map<LabelSet, StoredAlert>();
  #hasFlushed = false;
  #nextFlushMs: number;

  constructor(route: Route, labels: LabelSet, atMs: number) {
    this.route = route;
    this.labels = labels;
    this.#nextFlushMs = atMs + route.groupWaitMs;
  }

  get nextFlushMs(): number {
    return this.#nextFlushMs;
  }

  get isEmpty(): boolean {
    return this.#alerts.size === 0;
  }

  /** An alert older than `group_wait` does not wait again, unless the group has been flushed before. */
  insert(alert: StoredAlert, atMs: number): void {
    this.#alerts.set(alert.labels, alert);
    if (!this.#hasFlushed && alert.startsAtMs + this.route.groupWaitMs < atMs) this.#nextFlushMs = atMs;
  }

  /** The members at this flush; the timer goes on from here, and the resolved ones are forgotten once told. */
  takeForFlush(atMs: number): StoredAlert[] {
    this.#hasFlushed = true;
    this.#nextFlushMs = atMs + this.route.groupIntervalMs;
    const alerts = [...this.#alerts.values()];
    for (const alert of alerts) if (isResolvedAt(alert, atMs)) this.#alerts.delete(alert.labels);
    return alerts;
  }
}

export function groupLabelsOf(route: Route, labels: LabelSet, interner: LabelInterner): LabelSet {
  return route.groupBy === 'all' ? labels : interner.keep(route.groupBy)(labels);
}
