import type { DeviceKey } from '../domain/device.ts';
import type { Outage } from '../domain/decision.ts';
import type { PrometheusAlert } from './prometheus-client.ts';

export interface OutageRules {
  /** The users' own down-alert names. Ours are known by their `patch_state` label. */
  readonly downAlerts: ReadonlySet<string>;
  /** Device of an (organization, instance) pair; undefined when unknown or ambiguous. */
  readonly deviceOf: (organization: string | undefined, instance: string) => DeviceKey | undefined;
}

export interface ObservedOutages {
  /** Devices with a down-alert, pending or firing, quiet ones among them. */
  readonly byDevice: ReadonlyMap<DeviceKey, Outage>;
  /** Down-alerts whose instance is no device of ours: they page as they always did. */
  readonly strangers: number;
}

/**
 * Reads Prometheus' active alerts as outages of devices. A device's outage began with the earliest of its alerts, and
 * has been paged as soon as one of our paging alerts (`patch_state` down or overdue) fires for it.
 */
export function readOutages(alerts: readonly PrometheusAlert[], rules: OutageRules): ObservedOutages {
  const byDevice = new Map<DeviceKey, Outage>();
  let strangers = 0;
  for (const alert of alerts) {
    if (alert.state === 'inactive' || !isDownAlert(alert, rules)) continue;
    const instance = alert.labels['instance'];
    if (instance === undefined || instance === '') continue;
    const device = rules.deviceOf(alert.organization, instance);
    if (device === undefined) {
      strangers += 1;
      continue;
    }
    byDevice.set(device, merge(byDevice.get(device), alert));
  }
  return { byDevice, strangers };
}

function isDownAlert(alert: PrometheusAlert, rules: OutageRules): boolean {
  const { labels } = alert;
  const state = labels['patch_state'];
  if (state === 'down' || state === 'quiet' || state === 'overdue') return true;
  return labels['patch_aware'] === 'down' || rules.downAlerts.has(labels['alertname'] ?? '');
}

function merge(before: Outage | undefined, alert: PrometheusAlert): Outage {
  const state = alert.labels['patch_state'];
  const paged = alert.state === 'firing' && (state === 'down' || state === 'overdue');
  const name = alert.labels['alertname'] ?? '';
  const neverSuppress = alert.labels['patch_suppress'] === 'never';
  if (before === undefined) return { downAt: alert.activeAt, paged, alerts: [name], neverSuppress };
  return {
    downAt: Math.min(before.downAt, alert.activeAt),
    paged: before.paged || paged,
    alerts: before.alerts.includes(name) ? before.alerts : [...before.alerts, name],
    neverSuppress: before.neverSuppress || neverSuppress,
  };
}
