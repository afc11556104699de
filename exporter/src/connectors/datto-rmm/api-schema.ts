/**
 * Only the fields we read of the Datto RMM API v2. Required is what an object is useless without; every other field may
 * be missing, null or of a wrong type, and is then unknown.
 */
import { z } from 'zod';

const text = z.string().nullish().catch(null);
const flag = z.boolean().nullish().catch(null);
const count = z.number().nullish().catch(null);
/** ISO 8601 by the description of the API, epoch milliseconds by its answers: see `timeOf`. */
const time = z.union([z.string(), z.number()]).nullish().catch(null);

export const Device = z.object({
  uid: z.guid(),
  /** The vendor's site is an MSP's client. */
  siteUid: z.guid(),
  siteName: text,
  hostname: text,
  domain: text,
  intIpAddress: text,
  operatingSystem: text,
  online: flag,
  deleted: flag,
  lastSeen: time,
  lastReboot: time,
  rebootRequired: flag,
  udf: z.record(z.string(), z.unknown()).nullish().catch(null),
  patchManagement: z
    .object({ patchStatus: text, patchesApprovedPending: count, patchesNotApproved: count })
    .nullish()
    .catch(null),
});
export type Device = z.infer<typeof Device>;

export const DevicePage = z.object({
  pageDetails: z.object({ totalCount: z.int().nonnegative().nullish().catch(null), nextPageUrl: z.string().nullish() }),
  devices: z.array(z.unknown()),
});

export const TokenReply = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive().nullish().catch(null),
});

export const JobReply = z.object({ job: z.object({ uid: z.string().min(1) }) });
export const JobResult = z.object({ jobDeploymentStatus: z.string().nullish().catch(null) });
