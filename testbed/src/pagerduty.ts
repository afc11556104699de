import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { systemClock, type Clock, type UnixSeconds } from '../../exporter/src/domain/time.ts';
import { eventually } from './clock/wait.ts';
import { readBody, startHttpListener, type HttpListener } from './http-listener.ts';
import { PagerDutyEvent } from './pagerduty/event-schema.ts';
import { createIncidentBook, type EventEffect, type PagerDutyIncident } from './pagerduty/incident-book.ts';
import { createRateLimit } from './pagerduty/rate-limit.ts';

export type { EventEffect, PagerDutyEvent, PagerDutyIncident };

/** Alertmanager treats PagerDuty's 512 KB as this many bytes. */
const maxEventBytes = 512_000;

export interface PagerDutyOptions {
  clock?: Clock;
  /** Integration keys that exist; default: any key of 32 characters. */
  routingKeys?: string[];
  /** Per routing key over a sliding minute, default 120. */
  callsPerMinute?: number;
}

export interface RecordedEvent {
  event: PagerDutyEvent & { dedup_key: string };
  effect: EventEffect;
  receivedAtUnixSeconds: UnixSeconds;
}

export interface RefusedCall {
  status: number;
  errors: string[];
  receivedAtUnixSeconds: UnixSeconds;
}

export interface PagerDutyFake extends HttpListener {
  /** For Alertmanager's `pagerduty_configs[].url`. */
  readonly enqueueUrl: string;
  /** Copies, oldest first. */
  incidents(): PagerDutyIncident[];
  /** Those nobody resolved yet. */
  open(): PagerDutyIncident[];
  /** Every accepted event, dropped ones too, oldest first. */
  events(): RecordedEvent[];
  /** Every call that was not answered 202: a clean run has none. */
  refused(): RefusedCall[];
  /** The first incident, past or future, that `matches`. */
  waitForPage(matches: (incident: PagerDutyIncident) => boolean, timeoutMs: number): Promise<PagerDutyIncident>;
  /** Calls `listener` after each accepted event; returns the function that ends it. */
  onEvent(listener: (recorded: RecordedEvent) => void): () => void;
  /** Answers every call with this status (for example 500 or 429) until called with undefined. */
  failWith(status: number | undefined): void;
}

interface Answer {
  httpStatus: number;
  body: { status: string; message: string; errors?: string[]; dedup_key?: string };
}

function refusal(httpStatus: number, message: string, errors: string[] = [message]): Answer {
  const status = httpStatus === 429 ? 'throttle exceeded' : 'invalid event';
  return { httpStatus, body: { status, message, errors } };
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

function transportRefusal(request: IncomingMessage, bytes: Buffer): Answer | undefined {
  if (request.url !== '/v2/enqueue') return refusal(404, 'Not Found');
  if (request.method !== 'POST') return refusal(405, 'Method Not Allowed');
  if (bytes.length > maxEventBytes) return refusal(413, 'Event exceeds 512 KB');
  if (!request.headers['content-type']?.startsWith('application/json')) return refusal(400, 'JSON is expected');
  return undefined;
}

/**
 * Starts a strict fake of PagerDuty's Events API v2: what the service would refuse is refused and recorded,
 * what it accepts opens, updates and resolves incidents by `dedup_key` within the routing key.
 */
export async function startPagerDuty(options: PagerDutyOptions = {}): Promise<PagerDutyFake> {
  const { clock = systemClock, routingKeys, callsPerMinute = 120 } = options;
  const book = createIncidentBook();
  const allowsCall = createRateLimit(callsPerMinute);
  const events: RecordedEvent[] = [];
  const refused: RefusedCall[] = [];
  const listeners = new Set<(recorded: RecordedEvent) => void>();
  let outageStatus: number | undefined;

  const accept = (event: PagerDutyEvent & { dedup_key: string }): Answer => {
    const at = clock.now();
    const recorded = { event, effect: book.apply(event, at), receivedAtUnixSeconds: at };
    events.push(recorded);
    for (const listener of listeners) listener(recorded);
    return { httpStatus: 202, body: { status: 'success', message: 'Event processed', dedup_key: event.dedup_key } };
  };

  const judge = (bytes: Buffer): Answer => {
    const { data: event, error } = PagerDutyEvent.safeParse(parseJson(bytes));
    if (event === undefined) {
      const errors = error.issues.map(({ path, message }) => `'${path.join('.')}' is invalid: ${message}`);
      return refusal(400, 'Event object is invalid', errors);
    }
    if (routingKeys !== undefined && !routingKeys.includes(event.routing_key)) {
      return refusal(400, 'Invalid routing key');
    }
    if (!allowsCall(event.routing_key, clock.now()))
      return refusal(429, 'Requests for this service are arriving too quickly');
    return accept({ ...event, dedup_key: event.dedup_key ?? randomUUID() });
  };

  const listener = await startHttpListener((request, response) => {
    void readBody(request).then((bytes) => {
      const outage = outageStatus === undefined ? undefined : refusal(outageStatus, 'The service is out of order');
      const { httpStatus, body } = outage ?? transportRefusal(request, bytes) ?? judge(bytes);
      if (body.errors !== undefined) {
        refused.push({ status: httpStatus, errors: body.errors, receivedAtUnixSeconds: clock.now() });
      }
      response.writeHead(httpStatus, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });

  const incidents = () => book.incidents.map((incident) => ({ ...incident }));
  return {
    ...listener,
    enqueueUrl: `${listener.url}/v2/enqueue`,
    incidents,
    open: () => incidents().filter(({ status }) => status !== 'resolved'),
    events: () => [...events],
    refused: () => [...refused],
    waitForPage: (matches, timeoutMs) => eventually(() => incidents().find(matches), { timeoutMs, what: 'the page' }),
    onEvent: (listen) => {
      listeners.add(listen);
      return () => listeners.delete(listen);
    },
    failWith: (status) => {
      outageStatus = status;
    },
  };
}
