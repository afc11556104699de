import { z } from 'zod';
import { rejectionReasons } from '../deps.ts';
import { DeviceId, TimeInput } from './common.ts';

const maxPatches = 500;
const PatchInput = z
  .strictObject({ id: z.string().trim().min(1).max(200), title: z.string().max(500).optional() })
  .transform(({ id, title }) => ({ id, title: title ?? id }));
const patches = z.array(PatchInput).max(maxPatches).default([]);
const Patches = z.strictObject({ patches }).prefault({});
const Reason = z.strictObject({ reason: z.string().max(500).optional(), patches }).prefault({});

const common = {
  id: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: 'Your own id: the second arrival is a duplicate.' }),
  occurredAt: TimeInput,
  organization: z.string().min(1).max(128).optional(),
  device: DeviceId.optional(),
  instance: z.string().trim().min(1).max(256).optional(),
  hostName: z.string().trim().min(1).max(256).optional(),
};

const body = z.discriminatedUnion('type', [
  z.strictObject({ ...common, type: z.literal('patch.install.started'), data: Patches }),
  z.strictObject({
    ...common,
    type: z.literal('patch.installed'),
    data: z.strictObject({ patches, rebootRequired: z.boolean().optional() }).prefault({}),
  }),
  z.strictObject({
    ...common,
    type: z.literal('patch.install.failed'),
    data: z.strictObject({ patches, code: z.string().max(100).optional() }).prefault({}),
  }),
  z.strictObject({ ...common, type: z.literal('patch.install.completed'), data: Patches }),
  z.strictObject({ ...common, type: z.literal('reboot.pending'), data: Reason }),
  z.strictObject({ ...common, type: z.literal('reboot.ordered'), data: Reason }),
  z.strictObject({ ...common, type: z.literal('reboot.started'), data: Reason }),
  z.strictObject({
    ...common,
    type: z.literal('reboot.completed'),
    data: z.strictObject({ bootAt: TimeInput.optional() }).prefault({}),
  }),
  z.strictObject({
    ...common,
    type: z.literal('maintenance.planned'),
    data: z
      .strictObject({
        id: z.string().min(1).max(200).meta({
          description:
            'Told again by the same owner, the later-dated plan replaces the earlier one. An id that was ended is used up.',
        }),
        start: TimeInput,
        end: TimeInput.meta({ description: 'At most `policy.maintenance.cap` (4 h) after the start.' }),
        reason: z.string().min(1).max(500),
        owner: z.string().min(1).max(200),
      })
      .refine(({ start, end }) => start < end, { path: ['end'], message: 'must be after the start' }),
  }),
  z.strictObject({
    ...common,
    type: z.literal('maintenance.ended'),
    data: z.strictObject({
      id: z.string().min(1).max(200).meta({ description: 'Of the plan; it may arrive later than its end.' }),
    }),
  }),
]);

/** One event as it is posted. What an RMM reports as a whole (`device.observed`) does not come this way. */
export const EventInput = body
  .superRefine((event, context) => {
    const names = [event.device, event.instance, event.hostName].filter((name) => name !== undefined);
    if (names.length !== 1)
      context.addIssue({
        code: 'custom',
        message: 'must name the device by exactly one of device, instance, hostName',
      });
  })
  .meta({ id: 'EventInput' });

export const maxBatch = 5000;

/** The envelope is checked as a whole, each event by itself: one bad event costs one event. */
export const EventBatch = z.strictObject({ events: z.array(z.unknown()).min(1).max(maxBatch) });

/** The same as senders should read it. */
export const DescribedEventBatch = z
  .strictObject({ events: z.array(EventInput).min(1).max(maxBatch) })
  .meta({ id: 'EventBatch' });

export const IngestItem = z
  .discriminatedUnion('result', [
    z.object({ index: z.int(), result: z.literal('accepted'), device: z.string() }),
    z.object({ index: z.int(), result: z.literal('duplicate') }),
    z.object({
      index: z.int(),
      result: z.literal('rejected'),
      reason: z.enum(rejectionReasons),
      detail: z.string(),
      field: z.string().nullable().meta({ description: 'JSON pointer into the body.' }),
    }),
  ])
  .meta({ id: 'IngestItem' });

export const IngestReport = z
  .object({ accepted: z.int(), duplicates: z.int(), rejected: z.int(), results: z.array(IngestItem) })
  .meta({ id: 'IngestReport' });
