import type { z } from 'zod';
import type { FleetView } from '../../fleet/fleet-view.ts';
import type { AuditRecord, OrganizationScope } from '../../store/patch-store.ts';
import { fieldErrors } from '../core/mount.ts';
import { type AuditNote, type Route, type RouteSpec, route } from '../core/route.ts';
import { inScope } from '../core/scope.ts';
import type { EventIngest, IncomingEvent, IngestResult } from '../deps.ts';
import { DescribedEventBatch, EventBatch, EventInput, IngestReport } from '../schema/ingest.ts';
import { readEvent } from '../schema/read-event.ts';

export const postEventsSpec = {
  method: 'post',
  path: '/events',
  operationId: 'postEvents',
  tag: 'events',
  summary: 'Report what happens on devices',
  description:
    'Each event is judged by itself. 202: every event is stored or a duplicate. 207: some were rejected, the others ' +
    'are stored. Accepted means durable. 503: nothing of the batch is stored, send it again.',
  role: 'reporter',
  body: EventBatch,
  describedBody: DescribedEventBatch,
  responses: {
    202: { description: 'All stored or known already.', schema: IngestReport },
    207: { description: 'Some rejected.', schema: IngestReport },
  },
  problems: ['too_large', 'unsupported_media_type', 'unavailable'],
  audit: 'events.post',
} as const satisfies RouteSpec;

type Rejected = Extract<IngestResult, { result: 'rejected' }>;

export function postEventsRoute(fleet: FleetView, ingest: EventIngest): Route {
  return route(postEventsSpec, async ({ body, principal, auditRecord }) => {
    const judged = body.events.map((raw) => judge(raw, fleet, principal.scope));
    const events = judged.filter(isGood);
    const noteOf = (good: number): AuditNote => ({
      target: 'events',
      detail: `${String(good)} stored or known, ${String(judged.length - good)} rejected`,
      outcome: good === 0 ? 'refused' : 'done',
    });
    let isRecorded = false;
    // A record of its own would be a second write to disk for every request.
    const audit = (good: number): AuditRecord => {
      isRecorded = true;
      return auditRecord(noteOf(good));
    };
    const stored = events.length === 0 ? [] : await ingest.ingest(events, audit);
    const report = { accepted: 0, duplicates: 0, rejected: 0, results: [] as ReturnType<typeof present>[] };
    let answered = 0;
    for (const [index, item] of judged.entries()) {
      const result = isGood(item) ? (stored[answered++] ?? unanswered) : item;
      report[counts[result.result]] += 1;
      report.results.push(present(result, index));
    }
    return {
      status: report.rejected > 0 ? 207 : 202,
      body: report,
      audit: isRecorded ? 'stored' : noteOf(report.accepted + report.duplicates),
    };
  });
}

const counts = { accepted: 'accepted', duplicate: 'duplicates', rejected: 'rejected' } as const;
const unanswered: IngestResult = { result: 'rejected', reason: 'invalid', detail: 'was not judged' };

function present(result: IngestResult, index: number) {
  if (result.result === 'accepted') return { index, result: result.result, device: result.device };
  if (result.result === 'duplicate') return { index, result: result.result };
  const field = result.field === undefined ? null : `/events/${String(index)}${result.field}`;
  return { index, result: result.result, reason: result.reason, detail: result.detail, field };
}

function isGood(item: IncomingEvent | Rejected): item is IncomingEvent {
  return !('result' in item);
}

/** Shape, then whose it is. What another organization owns is answered like what nobody owns. */
function judge(raw: unknown, fleet: FleetView, scope: OrganizationScope): IncomingEvent | Rejected {
  const quick = readEvent(raw);
  if (quick !== undefined) return judgeOwner(quick, fleet, scope);
  const { data, error } = EventInput.safeParse(raw);
  return error === undefined ? judgeOwner(data, fleet, scope) : invalid(error);
}

function judgeOwner(
  event: z.output<typeof EventInput>,
  fleet: FleetView,
  scope: OrganizationScope,
): IncomingEvent | Rejected {
  const { device } = event;
  const owner = device === undefined ? undefined : fleet.state(device)?.facts.organization;
  const organization = event.organization ?? owner ?? onlyOne(scope);
  if (event.organization !== undefined && !inScope(scope, event.organization))
    return reject('organization_not_allowed', 'your token is not for this organization', '/organization');
  // A device is named by its id only when it is known; new ones introduce themselves by instance or host name.
  const isTheirs = owner !== undefined && owner === organization && inScope(scope, owner);
  if (device !== undefined && !isTheirs)
    return reject('unknown_device', 'there is no such device in this organization', '/device');
  if (organization === undefined || !inScope(scope, organization))
    return reject('organization_missing', 'say which organization the device belongs to', '/organization');
  // An optional key that was sent is defined: JSON has no undefined, and the schema adds none.
  return { ...event, organization } as unknown as IncomingEvent;
}

function invalid(error: z.ZodError): Rejected {
  const [first] = fieldErrors(error, '');
  const place = first === undefined || first.pointer === '' ? {} : { field: first.pointer };
  return { result: 'rejected', reason: 'invalid', detail: first?.detail ?? 'is not an event', ...place };
}

function onlyOne(scope: OrganizationScope): string | undefined {
  return scope !== 'all' && scope.length === 1 ? scope[0] : undefined;
}

function reject(
  reason: 'organization_not_allowed' | 'unknown_device' | 'organization_missing',
  detail: string,
  field: string,
): Rejected {
  return { result: 'rejected', reason, detail, field };
}
