import type { Notification } from '../alertmanager/alertmanager.ts';
import type { Scenario, ScenarioDevice } from '../generator/scenario.ts';

/** One incident as PagerDuty keeps it: notifications of one group are one incident until all of it is resolved. */
export interface Incident {
  readonly device: string;
  readonly alert: string;
  readonly openedAt: number;
  closedAt: number | undefined;
}

export const healthAlerts: ReadonlySet<string> = new Set(['PostPatchHealthCheckFailed', 'ServiceDown']);

/** Incidents in order of opening. A repeated notification updates the open incident of its group and pages nobody. */
export function toIncidents(scenario: Scenario, notifications: readonly Notification[]): readonly Incident[] {
  const incidents: Incident[] = [];
  const open = new Map<string, Incident>();
  for (const { receiver, groupLabels, firing, atMs } of notifications) {
    if (receiver !== 'pagerduty') continue;
    const key = groupLabels.toString();
    const known = open.get(key);
    if (firing.length === 0) {
      if (known !== undefined) known.closedAt = atMs / 1000;
      open.delete(key);
    } else if (known === undefined) {
      const device = deviceOf(scenario, groupLabels.get('organization'), groupLabels.get('instance'));
      const incident = { device, alert: groupLabels.get('alertname'), openedAt: atMs / 1000, closedAt: undefined };
      incidents.push(incident);
      open.set(key, incident);
    }
  }
  return incidents;
}

function deviceOf({ devices }: Scenario, organization: string, instance: string): string {
  const isIt = (device: ScenarioDevice): boolean =>
    device.instance === instance && (device.isMislabelled ? '' : device.organization) === organization;
  return devices.find(isIt)?.id ?? `unknown ${organization}/${instance}`;
}
