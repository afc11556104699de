import { z } from 'zod';
import { duration } from '../duration.ts';
import { name } from './common.ts';

const reserved = ['api', 'operator', 'patchhaven', 'schedule'];

const orders = z
  .strictObject({
    enabled: z.boolean().default(false).describe('`true` lets operators order reboots, scripts and maintenance.'),
    per_minute: z.int().min(1).max(1000).default(10).describe('Most orders of one organization within a minute.'),
    timeout: duration({ min: '1s', max: '2m' })
      .prefault('30s')
      .describe('Longest wait for the answer; after it the outcome is unknown, and read back later.'),
    concurrency: z.int().min(1).max(16).default(2).describe('Orders on their way at the same time.'),
  })
  .transform((raw) => ({
    enabled: raw.enabled,
    perMinute: raw.per_minute,
    timeoutSeconds: raw.timeout,
    concurrency: raw.concurrency,
  }))
  .prefault({})
  .describe('Whether this source may be written to, see docs/orders.md.');

/** Keys that every source has; what stands in `options` belongs to its connector's schema. */
export const sourceSchema = z
  .strictObject({
    id: name
      .refine((id) => !reserved.includes(id), 'is taken by the product itself')
      .describe('Stands in device ids, metrics and logs. Keep it for ever.'),
    type: z.string().min(1).describe('Which connector.'),
    enabled: z.boolean().default(true).describe('`false` keeps what is known and reads nothing.'),
    interval: duration({ min: '1s', max: '1d' })
      .optional()
      .describe('Time between two complete reads. Default: the connector’s own.'),
    events_interval: duration({ min: '100ms', max: '1h' })
      .optional()
      .describe('Time between two reads of events, where the source has them. Default: the connector’s own.'),
    min_fleet_fraction: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe('A read that keeps less than this part of the known devices is a failure, not an empty fleet.'),
    orders,
    options: z
      .record(z.string(), z.unknown())
      .default({})
      .describe('Options of the connector, see its page.')
      .meta({ typeName: 'map' }),
  })
  .transform((raw) => ({
    id: raw.id,
    type: raw.type,
    enabled: raw.enabled,
    intervalSeconds: raw.interval,
    eventsIntervalSeconds: raw.events_interval,
    minFleetFraction: raw.min_fleet_fraction,
    orders: raw.orders,
  }));
