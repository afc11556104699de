import { z } from 'zod';

/**
 * One event as PagerDuty Events API v2 takes it: unknown fields refused, lengths and severities as documented.
 * `payload` is required on trigger only.
 */
const payload = z.strictObject({
  summary: z.string().min(1).max(1024),
  source: z.string().min(1),
  severity: z.enum(['critical', 'error', 'warning', 'info']),
  timestamp: z.iso.datetime({ offset: true }).optional(),
  component: z.string().optional(),
  group: z.string().optional(),
  class: z.string().optional(),
  custom_details: z.record(z.string(), z.unknown()).optional(),
});

const common = {
  routing_key: z.string().length(32),
  dedup_key: z.string().min(1).max(255),
  client: z.string().optional(),
  client_url: z.string().optional(),
  links: z.array(z.strictObject({ href: z.url(), text: z.string().optional() })).optional(),
  images: z.array(z.strictObject({ src: z.url(), href: z.string().optional(), alt: z.string().optional() })).optional(),
};

export const eventV2 = z.discriminatedUnion('event_action', [
  z.strictObject({ ...common, event_action: z.literal('trigger'), payload }),
  z.strictObject({ ...common, event_action: z.literal('acknowledge'), payload: payload.partial().optional() }),
  z.strictObject({ ...common, event_action: z.literal('resolve'), payload: payload.partial().optional() }),
]);

export type EventV2 = z.infer<typeof eventV2>;
