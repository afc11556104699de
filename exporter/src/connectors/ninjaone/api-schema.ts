/**
 * Only the fields we read of the NinjaOne public API v2 (OpenAPI 2.0.9 draft, 2026-07). Required is what an object is
 * useless without; every other field may be missing, null or of a wrong type, and is then unknown.
 */
import { z } from 'zod';

const id = z.int();
const text = z.string().nullish().catch(null);
const flag = z.boolean().nullish().catch(null);
const count = z.number().nullish().catch(null);
/** A list of texts; elements that are none are left out. */
const texts = z
  .array(z.unknown())
  .nullish()
  .catch(null)
  .transform((list) => (list ?? []).filter((item) => typeof item === 'string' && item !== '') as string[]);
/** Epoch seconds as a double; see `fromEpoch`. */
const time = z.number().nullish().catch(null);

export const Organization = z.object({ id, name: text });
export type Organization = z.infer<typeof Organization>;

/** Locations, saved groups, policies and roles: all we need is what an id is called. */
export const NamedObject = z.object({ id, name: text });
export type NamedObject = z.infer<typeof NamedObject>;

export const Maintenance = z.object({ status: text, start: time, end: time, reasonMessage: text });

export const OsBlock = z.object({
  name: text,
  buildNumber: text,
  releaseId: text,
  lastBootTime: time,
  needsReboot: flag,
});
export type OsBlock = z.infer<typeof OsBlock>;

export const Device = z.object({
  id,
  organizationId: id,
  locationId: id.nullish().catch(null),
  parentDeviceId: id.nullish().catch(null),
  nodeClass: text,
  nodeRoleId: id.nullish().catch(null),
  rolePolicyId: id.nullish().catch(null),
  policyId: id.nullish().catch(null),
  approvalStatus: text,
  offline: flag,
  displayName: text,
  systemName: text,
  dnsName: text,
  netbiosName: text,
  lastContact: time,
  tags: texts,
  ipAddresses: texts,
  maintenance: Maintenance.nullish().catch(null),
  os: OsBlock.nullish().catch(null),
});
export type Device = z.infer<typeof Device>;

export const OsReportRow = OsBlock.extend({ deviceId: id });
export type OsReportRow = z.infer<typeof OsReportRow>;

/** A row of the report on Windows services: the list of one device has no time in it, and the report has. */
export const ServiceRow = z.object({
  deviceId: id,
  name: z.string().min(1),
  state: text,
  startType: text,
  timestamp: time,
});
export type ServiceRow = z.infer<typeof ServiceRow>;

export const HealthRow = z.object({
  deviceId: id,
  offline: flag,
  parentOffline: flag,
  healthStatus: text,
  pendingRebootReason: text,
  pendingOSPatchesCount: count,
});
export type HealthRow = z.infer<typeof HealthRow>;

/** A row of os-patches or os-patch-installs. Without any name it cannot be told from another update. */
export const OsPatch = z
  .object({
    id: text,
    deviceId: id.nullish(),
    kbNumber: z
      .union([z.string(), z.number().transform(String)])
      .nullish()
      .catch(null),
    name: text,
    severity: text,
    status: text,
    type: text,
    installedAt: time,
    timestamp: time,
  })
  .refine((row) => [row.id, row.kbNumber, row.name].some((name) => (name ?? '') !== ''), 'has no name');
export type OsPatch = z.infer<typeof OsPatch>;

export const Activity = z.object({
  id,
  activityTime: time,
  deviceId: id.nullish().catch(null),
  /** The same for every activity of one job. */
  seriesUid: text,
  activityType: text,
  statusCode: text,
  activityResult: text,
  sourceName: text,
  subject: text,
  message: text,
});
export type Activity = z.infer<typeof Activity>;

/** A webhook delivery: an activity that must say what it is, and the device object when it was asked for. */
export const WebhookActivity = Activity.extend({
  activityTime: z.number(),
  activityType: z.string(),
  statusCode: z.string(),
  device: z.object({ id }).nullish(),
});

/** The cursor comes as an object or, from older builds, as its bare name. */
export const Report = z.object({
  cursor: z
    .union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)])
    .nullish()
    .catch(null),
  results: z.array(z.unknown()).nullish(),
});

export const ActivityPage = z.object({
  lastActivityId: z.int().nullish().catch(null),
  activities: z.array(z.unknown()).nullish(),
});

/** What can be run on a device: scripts go by `id`, built-in actions by `uid`. */
export const ScriptOption = z.object({
  type: text,
  id: id.nullish().catch(null),
  uid: text,
  name: text,
  language: text,
});
export type ScriptOption = z.infer<typeof ScriptOption>;
export const ScriptingOptions = z.object({ scripts: z.array(z.unknown()).nullish() });

export const DeviceIds = z.array(z.unknown()).nullish();

export const TokenReply = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive().nullish().catch(null),
});
