import { z } from 'zod';
import { labelName } from './common.ts';

export const metricsSection = z
  .strictObject({
    organization_label: labelName
      .nullable()
      .default('organization')
      .describe('Label of the organization on every device series; `null` leaves it out.'),
    update_top_n: z
      .int()
      .min(0)
      .max(10_000)
      .default(200)
      .describe('Most updates in `patch_update_devices`, by devices.'),
  })
  .transform((raw) => ({ organizationLabel: raw.organization_label, updateTopN: raw.update_top_n }))
  .prefault({});
