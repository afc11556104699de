import type { PagerDutyFake } from '../../../testbed/src/index.ts';
import { instanceOf, type Host } from '../world/hosts.ts';
import type { Page } from './verdict.ts';

/** The pages for one machine, oldest first. */
export function pagesOf(pagerDuty: PagerDutyFake, host: Host): Page[] {
  return pagerDuty
    .incidents()
    .filter(({ source }) => source === instanceOf(host))
    .map(({ dedupKey, routingKey, summary, triggeredAtUnixSeconds, triggerCount, status }) => {
      const trigger = pagerDuty
        .events()
        .find(({ event }) => event.dedup_key === dedupKey && event.routing_key === routingKey)?.event;
      const alert = trigger?.event_action === 'trigger' ? (trigger.payload.class ?? '') : '';
      return {
        alert,
        summary,
        openedAtUnixSeconds: triggeredAtUnixSeconds,
        triggers: triggerCount,
        resolved: status === 'resolved',
      };
    });
}
