import type { LabelInterner, LabelSet } from '../promql/labels.ts';
import { AlertGroup, groupLabelsOf } from './alert-group.ts';
import type { AlertmanagerConfig, Integration, Route } from './config.ts';
import { Inhibitor } from './inhibitor.ts';
import { needsNotification, NotificationLog } from './notification-log.ts';
import { matchRoutes } from './routing.ts';
import type { StoredAlert } from './stored-alert.ts';
import { isResolvedAt, mergeAlert } from './stored-alert.ts';

/** One message to a receiver. `resolved` is empty where the integration does not send resolves. */
export interface Notification {
  readonly atMs: number;
  readonly receiver: string;
  readonly integration: string;
  readonly groupLabels: LabelSet;
  readonly firing: readonly LabelSet[];
  readonly resolved: readonly LabelSet[];
}

/** An alert as a client posts it. */
export interface ReceivedAlert {
  readonly labels: LabelSet;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
}

/** How often empty groups are dropped; until then a new member waits for the old group's next flush. */
const GROUP_CLEANUP_MS = 30_000;
/** `--alerts.gc-interval`: resolved alerts stay known until then, which matters when they fire again. */
const ALERT_GC_MS = 30 * 60_000;

interface Running {
  readonly alerts: Map<LabelSet, StoredAlert>;
  readonly groups: Map<string, AlertGroup>;
  readonly inhibitor: Inhibitor;
  nextCleanupMs: number;
  nextGcMs: number;
}

/** One Alertmanager 0.25 in virtual time: call `runDue` whenever `nextAtMs` is reached. */
export class Alertmanager {
  readonly notifications: Notification[] = [];
  readonly #config: AlertmanagerConfig;
  readonly #interner: LabelInterner;
  readonly #log = new NotificationLog();
  readonly #routesOf = new Map<LabelSet, readonly Route[]>();
  #running: Running | undefined;

  constructor(config: AlertmanagerConfig, interner: LabelInterner, startAtMs: number) {
    this.#config = config;
    this.#interner = interner;
    this.start(startAtMs);
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  start(atMs: number): void {
    this.#log.start(atMs);
    this.#running = {
      alerts: new Map(),
      groups: new Map(),
      inhibitor: new Inhibitor(this.#config.inhibitRules),
      nextCleanupMs: atMs + GROUP_CLEANUP_MS,
      nextGcMs: atMs + ALERT_GC_MS,
    };
  }

  /** Alerts and groups are lost; the notification log stays, after a crash as of its last maintenance. */
  stop({ isCrash = false } = {}): void {
    this.#running = undefined;
    this.#log.stop(isCrash);
  }

  /**
   * Takes one posted batch; a stopped Alertmanager loses it. A group that meets an alert older than `group_wait` is
   * flushed on the spot, with the whole batch in it. Whether a source in the same batch mutes that flush is a race in
   * the real one (measured on 0.25: 19 of 200 such targets were told); here it loses, so that every leak is seen.
   */
  receive(batch: readonly ReceivedAlert[], atMs: number): void {
    const running = this.#running;
    if (running === undefined) return;
    const alerts = batch.map((received) => this.#store(running, received, atMs));
    for (const alert of alerts) {
      for (const route of this.#matchingRoutes(alert.labels)) this.#insert(running, route, alert, atMs);
    }
    this.#flushDue(running, atMs);
    for (const alert of alerts) running.inhibitor.see(alert);
  }

  nextAtMs(): number {
    const running = this.#running;
    if (running === undefined) return Infinity;
    let soonest = Math.min(running.nextCleanupMs, running.nextGcMs, this.#log.nextMaintenanceMs());
    for (const { nextFlushMs } of running.groups.values()) soonest = Math.min(soonest, nextFlushMs);
    return soonest;
  }

  /** Does what is due at `atMs`: flushes first, then housekeeping. */
  runDue(atMs: number): void {
    const running = this.#running;
    if (running === undefined) return;
    this.#flushDue(running, atMs);
    if (running.nextCleanupMs <= atMs) dropEmptyGroups(running);
    if (running.nextGcMs <= atMs) dropResolvedAlerts(running, atMs);
    if (this.#log.nextMaintenanceMs() <= atMs) this.#log.maintain(atMs);
  }

  #matchingRoutes(labels: LabelSet): readonly Route[] {
    const known = this.#routesOf.get(labels);
    if (known !== undefined) return known;
    const routes = matchRoutes(this.#config.route, labels);
    this.#routesOf.set(labels, routes);
    return routes;
  }

  #store(running: Running, received: ReceivedAlert, atMs: number): StoredAlert {
    const alert = mergeAlert(running.alerts.get(received.labels), { ...received, updatedAtMs: atMs });
    running.alerts.set(alert.labels, alert);
    return alert;
  }

  #insert(running: Running, route: Route, alert: StoredAlert, atMs: number): void {
    const labels = groupLabelsOf(route, alert.labels, this.#interner);
    const key = `${route.key}:${String(labels.id)}`;
    const group = running.groups.get(key) ?? new AlertGroup(route, labels, atMs);
    running.groups.set(key, group);
    group.insert(alert, atMs);
  }

  #flushDue(running: Running, atMs: number): void {
    for (const group of running.groups.values()) if (group.nextFlushMs <= atMs) this.#flush(running, group, atMs);
  }

  #flush(running: Running, group: AlertGroup, atMs: number): void {
    const alerts = group.takeForFlush(atMs).filter(({ labels }) => !running.inhibitor.mutes(labels, atMs));
    if (alerts.length === 0) return;
    const resolved = new Set(alerts.filter((alert) => isResolvedAt(alert, atMs)).map(({ labels }) => labels));
    const firing = new Set(alerts.map(({ labels }) => labels).filter((labels) => !resolved.has(labels)));
    const integrations = this.#config.receivers.get(group.route.receiver) ?? [];
    integrations.forEach((integration, index) => {
      this.#notify(group, integration, index, firing, resolved, atMs);
    });
  }

  #notify(
    group: AlertGroup,
    integration: Integration,
    index: number,
    firing: ReadonlySet<LabelSet>,
    resolved: ReadonlySet<LabelSet>,
    atMs: number,
  ): void {
    const { receiver, repeatIntervalMs, key } = group.route;
    const { name, sendsResolved } = integration;
    const logKey = [key, group.labels.id, receiver, name, index].join(':');
    const entry = this.#log.get(logKey);
    if (!needsNotification(entry, firing, resolved, { sendsResolved, repeatIntervalMs, atMs })) return;
    this.#log.record(logKey, { firing, resolved, atMs }, repeatIntervalMs);
    if (!sendsResolved && firing.size === 0) return;
    this.notifications.push({
      atMs,
      receiver,
      integration: name,
      groupLabels: group.labels,
      firing: [...firing],
      resolved: sendsResolved ? [...resolved] : [],
    });
  }
}

function dropEmptyGroups(running: Running): void {
  running.nextCleanupMs += GROUP_CLEANUP_MS;
  for (const [key, group] of running.groups) if (group.isEmpty) running.groups.delete(key);
}

function dropResolvedAlerts(running: Running, atMs: number): void {
  running.nextGcMs += ALERT_GC_MS;
  for (const [labels, alert] of running.alerts) if (isResolvedAt(alert, atMs)) running.alerts.delete(labels);
}
