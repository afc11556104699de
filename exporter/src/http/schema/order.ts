import { z } from 'zod';
import { orderActions, orderStates } from '../../domain/order.ts';
import { DeviceId, Paging, Time, TimeInput, page } from './common.ts';

const reason = z.string().trim().min(1).max(500).meta({ description: 'Why; stands in the record and at the vendor.' });

/** What is ordered, and why. */
export const NewOrder = z
  .discriminatedUnion('action', [
    z.strictObject({
      action: z.literal('reboot'),
      mode: z.enum(['normal', 'forced']).default('normal'),
      reason,
    }),
    z.strictObject({
      action: z.literal('script'),
      script: z.string().trim().min(1).max(200).meta({ description: 'Id of `GET /devices/{id}/scripts`.' }),
      arguments: z.array(z.string().max(1000)).max(50).default([]),
      reason,
    }),
    z.strictObject({ action: z.literal('maintenance'), until: TimeInput, reason }),
    z.strictObject({ action: z.literal('maintenance_end'), reason }),
  ])
  .meta({ id: 'NewOrder' });

export const OrderOut = z
  .object({
    id: z.string(),
    device: z.string(),
    deviceName: z.string().nullable(),
    organization: z.string(),
    action: z.enum(orderActions),
    mode: z.enum(['normal', 'forced']).nullable(),
    script: z.string().nullable(),
    arguments: z
      .array(z.string())
      .nullable()
      .meta({ description: 'Null for roles below operator: they may be secrets.' }),
    reason: z.string(),
    owner: z.string(),
    state: z.enum(orderStates).meta({
      description:
        '`placed`: on its way; `accepted`: the source took it; `refused`: nothing was done; `unknown`: it may have ' +
        'been carried out, is never sent again, and is read back; `done`, `failed`: read back.',
    }),
    text: z.string().meta({ description: 'The state in words.' }),
    placedAt: Time,
    settledAt: Time.nullable(),
    until: Time.nullable().meta({ description: 'Of maintenance: as read back, else as ordered.' }),
  })
  .meta({ id: 'Order' });

export const OrderPage = page('OrderPage', OrderOut);
export const OrderQueryParams = Paging;
export const OrderParams = z.object({ id: DeviceId, order: z.string().min(1).max(64) });

export const ScriptList = z
  .object({ items: z.array(z.object({ id: z.string(), name: z.string(), language: z.string().nullable() })) })
  .meta({ id: 'ScriptList' });
