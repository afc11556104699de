import type { UnixSeconds } from '../../../exporter/src/domain/time.ts';
import type { PagerDutyEvent } from './event-schema.ts';

export interface PagerDutyIncident {
  routingKey: string;
  dedupKey: string;
  /** Of the newest trigger: a repeated trigger overwrites these. */
  summary: string;
  source: string;
  severity: 'critical' | 'error' | 'warning' | 'info';
  customDetails: Record<string, unknown>;
  status: 'triggered' | 'acknowledged' | 'resolved';
  triggeredAtUnixSeconds: UnixSeconds;
  acknowledgedAtUnixSeconds?: UnixSeconds;
  resolvedAtUnixSeconds?: UnixSeconds;
  /** How many trigger events it took in; 1 = paged once and never repeated. */
  triggerCount: number;
}

/** What an accepted event did: `dropped` is an acknowledge or resolve for a key without an open incident. */
export type EventEffect = 'opened' | 'updated' | 'acknowledged' | 'resolved' | 'dropped';

export interface IncidentBook {
  /** All incidents, oldest first; the same key opens a new one after its resolve. */
  readonly incidents: PagerDutyIncident[];
  apply(event: PagerDutyEvent & { dedup_key: string }, at: UnixSeconds): EventEffect;
}

/** PagerDuty's de-duplication: a key names one open incident, within its routing key. */
export function createIncidentBook(): IncidentBook {
  const incidents: PagerDutyIncident[] = [];

  const findOpen = (event: PagerDutyEvent) =>
    incidents.find(
      ({ routingKey, dedupKey, status }) =>
        status !== 'resolved' && routingKey === event.routing_key && dedupKey === event.dedup_key,
    );

  return {
    incidents,
    apply: (event, at) => {
      const open = findOpen(event);
      if (event.event_action === 'trigger') {
        const { summary, source, severity, custom_details: customDetails = {} } = event.payload;
        const content = { summary, source, severity, customDetails };
        if (open !== undefined) {
          Object.assign(open, content, { triggerCount: open.triggerCount + 1 });
          return 'updated';
        }
        incidents.push({
          routingKey: event.routing_key,
          dedupKey: event.dedup_key,
          ...content,
          status: 'triggered',
          triggeredAtUnixSeconds: at,
          triggerCount: 1,
        });
        return 'opened';
      }
      if (open === undefined) return 'dropped';
      if (event.event_action === 'acknowledge') {
        Object.assign(open, { status: 'acknowledged', acknowledgedAtUnixSeconds: at } as const);
        return 'acknowledged';
      }
      Object.assign(open, { status: 'resolved', resolvedAtUnixSeconds: at } as const);
      return 'resolved';
    },
  };
}
