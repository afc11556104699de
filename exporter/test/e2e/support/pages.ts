import type { PagerDutyFake } from '../../../../testbed/src/index.ts';

/** One incident as the person on call lived it. */
export interface Page {
  readonly alert: string;
  readonly summary: string;
  /** How often it was triggered: 1 = paged once and never again. */
  readonly triggers: number;
  readonly resolved: boolean;
  readonly openedAtUnixSeconds: number;
}

interface Whose {
  readonly organization?: string;
  readonly instance: string;
}

/** The pages for one machine, oldest first. Without an organization: those of every organization. */
export function pagesOf(pagerDuty: PagerDutyFake, { organization, instance }: Whose): Page[] {
  const triggers = pagerDuty.events().flatMap(({ event, effect, receivedAtUnixSeconds }) => {
    if (event.event_action !== 'trigger' || event.payload.source !== instance) return [];
    if (organization !== undefined && event.payload.group !== organization) return [];
    return [{ event, effect, receivedAtUnixSeconds }];
  });
  return triggers
    .filter(({ effect }) => effect === 'opened')
    .flatMap(({ event, receivedAtUnixSeconds }) => {
      const incident = pagerDuty
        .incidents()
        .find((known) => known.dedupKey === event.dedup_key && known.triggeredAtUnixSeconds === receivedAtUnixSeconds);
      if (incident === undefined) return [];
      return [
        {
          alert: event.payload.class ?? '',
          summary: event.payload.summary,
          triggers: incident.triggerCount,
          resolved: incident.status === 'resolved',
          openedAtUnixSeconds: receivedAtUnixSeconds,
        },
      ];
    });
}
