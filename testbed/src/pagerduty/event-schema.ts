import { z } from 'zod';

const routingKey = z.string().length(32);
const dedupKey = z.string().min(1).max(255);

const Payload = z.strictObject({
  summary: z.string().min(1).max(1024),
  source: z.string().min(1),
  severity: z.enum(['critical', 'error', 'warning', 'info']),
  /** ISO 8601 with a zone; PagerDuty also takes `+0000` without the colon. */
  timestamp: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/)
    .optional(),
  component: z.string().optional(),
  group: z.string().optional(),
  class: z.string().optional(),
  custom_details: z.record(z.string(), z.unknown()).optional(),
});

const shared = {
  routing_key: routingKey,
  client: z.string().optional(),
  client_url: z.string().optional(),
  links: z.array(z.strictObject({ href: z.string().min(1), text: z.string().optional() })).optional(),
  images: z
    .array(
      z.strictObject({
        src: z.string().startsWith('https://'),
        href: z.string().optional(),
        alt: z.string().optional(),
      }),
    )
    .optional(),
};

/**
 * The body of PagerDuty's `POST /v2/enqueue`. Source: PagerDuty/api-schema, Events API v2.
 * A field the contract does not name is refused: in a test it is a typing error, whatever the service does with it.
 */
export const PagerDutyEvent = z.discriminatedUnion('event_action', [
  z.strictObject({
    ...shared,
    event_action: z.literal('trigger'),
    dedup_key: dedupKey.optional(),
    payload: Payload,
  }),
  z.strictObject({
    ...shared,
    event_action: z.enum(['acknowledge', 'resolve']),
    dedup_key: dedupKey,
    payload: Payload.partial().optional(),
  }),
]);
export type PagerDutyEvent = z.infer<typeof PagerDutyEvent>;
