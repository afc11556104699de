import { z } from 'zod';
import { patchKinds, patchSeverities, patchStatuses } from '../../domain/patch.ts';
import { Paging, Time, listOf, nextCursor, organizationFilter } from './common.ts';

export const updateSorts = ['openDevices', 'oldest', 'failed', 'severity'] as const;
export type UpdateSort = (typeof updateSorts)[number];

export const UpdateQuery = Paging.extend({
  organization: organizationFilter,
  site: z.string().min(1).optional(),
  severity: listOf(patchSeverities).optional(),
  status: listOf(patchStatuses).optional(),
  text: z.string().min(1).max(200).optional().meta({ description: 'Part of id or title.' }),
  open: z.enum(['true', 'false']).default('true').meta({ description: 'Only updates that are open somewhere.' }),
  sort: z
    .enum(updateSorts)
    .default('openDevices')
    .meta({ description: 'What needs work most comes first; of equal severity the oldest.' }),
}).strict();

const DeviceCounts = z
  .partialRecord(z.enum(patchStatuses), z.int())
  .meta({ description: 'Devices by status; one that does not occur is left out.' });

const updateShape = {
  id: z.string(),
  title: z.string(),
  severity: z.enum(patchSeverities),
  kind: z.enum(patchKinds),
  openDevices: z.int(),
  devices: DeviceCounts,
  oldestFirstSeenAt: Time.nullable(),
};
export const Update = z.object(updateShape).meta({ id: 'Update' });
export const UpdatePage = z.object({ items: z.array(Update), total: z.int(), nextCursor }).meta({ id: 'UpdatePage' });

export const UpdateParams = z.object({ id: z.string().min(1).max(512) });
export const UpdateDetailQuery = z.strictObject({ organization: organizationFilter });

const UpdatePlaces = z
  .object({
    rows: z.array(
      z.object({
        organization: z.string().nullable(),
        site: z.string().nullable(),
        os: z.string().nullable(),
        openDevices: z.int(),
        devices: DeviceCounts,
        oldestFirstSeenAt: Time.nullable(),
      }),
    ),
    more: z.int().meta({ description: 'Rows left out; those with the most open devices are shown.' }),
  })
  .meta({ id: 'UpdatePlaces' });

export const UpdateDetail = z
  .object({ ...updateShape, organizations: UpdatePlaces, sites: UpdatePlaces, operatingSystems: UpdatePlaces })
  .meta({ id: 'UpdateDetail' });
