import { z } from 'zod';
import { patchKinds, patchSeverities, patchStatuses } from '../../domain/patch.ts';
import { Flag, Paging, Patch, Time, listOf, nextCursor, organizationFilter } from './common.ts';

const verdicts = ['compliant', 'non_compliant', 'unknown'] as const;
const osFamilies = ['windows', 'linux', 'macos', 'other'] as const;

export const Identity = z
  .discriminatedUnion('status', [
    z.object({
      status: z.literal('matched'),
      instance: z.string(),
      by: z.enum(['mapping', 'source', 'template', 'discovery']),
    }),
    z.object({ status: z.literal('unmatched') }),
    z.object({ status: z.literal('ambiguous'), candidates: z.array(z.string()) }),
  ])
  .meta({ id: 'Identity' });

const WindowRef = z
  .object({ id: z.string(), cause: z.string(), endsAt: Time, open: z.boolean(), outcome: z.string().nullable() })
  .meta({ id: 'WindowRef' });

const deviceShape = {
  id: z.string(),
  organization: z.string(),
  site: z.string().nullable(),
  groups: z.array(z.string()),
  tags: z.array(z.string()),
  name: z.string(),
  source: z.string(),
  os: z.object({ name: z.string(), build: z.string().nullable(), family: z.enum(osFamilies) }).nullable(),
  identity: Identity,
  stale: z.boolean().meta({ description: 'The source is too old to be believed.' }),
  lastSeenAt: Time.nullable(),
  lastBootAt: Time.nullable(),
  rebootPending: z.boolean().nullable().meta({ description: 'null = the source cannot say.' }),
  rebootPendingSince: Time.nullable(),
  lastInstall: z.object({ at: Time, patches: z.array(Patch) }).nullable(),
  patchCounts: z
    .partialRecord(z.enum(patchStatuses), z.int())
    .nullable()
    .meta({ description: 'Updates by status; null = the source says nothing about updates.' }),
  missingCritical: z.int().nullable(),
  oldestMissingCriticalAt: Time.nullable().meta({ description: 'When the oldest of them was first seen here.' }),
  failed: z.int().nullable().meta({ description: 'Updates that failed to install.' }),
  lastFailureAt: Time.nullable().meta({ description: 'When an update that still stands as failed was last tried.' }),
  quiet: WindowRef.nullable(),
  maintenance: WindowRef.nullable(),
  quietCappedUntil: Time.nullable(),
  compliance: z.object({ verdict: z.enum(verdicts), reasons: z.array(z.string()) }),
};

export const Device = z.object(deviceShape).meta({ id: 'Device' });

export const DeviceDetail = z
  .object({
    ...deviceShape,
    hostNames: z.array(z.string()),
    ipAddresses: z.array(z.string()),
    parent: z.string().nullable(),
    patches: z
      .array(
        z.object({
          id: z.string(),
          title: z.string(),
          severity: z.enum(patchSeverities),
          kind: z.enum(patchKinds),
          status: z.enum(patchStatuses),
          firstSeenAt: Time.nullable(),
          installedAt: Time.nullable(),
        }),
      )
      .nullable(),
    planned: z.array(
      z.object({ id: z.string(), source: z.string(), start: Time, end: Time, reason: z.string(), owner: z.string() }),
    ),
  })
  .meta({ id: 'DeviceDetail' });

export const deviceSorts = [
  'name',
  'organization',
  'site',
  'lastSeenAt',
  'lastInstallAt',
  'missingCritical',
  'oldestMissingCriticalAt',
  'failed',
  'lastFailureAt',
  'rebootPendingSince',
  'compliance',
] as const;
export type DeviceSort = (typeof deviceSorts)[number];

export const DeviceQuery = Paging.extend({
  organization: organizationFilter,
  site: z.string().min(1).optional(),
  group: z.string().min(1).optional(),
  source: z.string().min(1).optional(),
  text: z.string().min(1).max(200).optional().meta({ description: 'Part of name, host name, instance or id.' }),
  rebootPending: Flag.optional(),
  quiet: Flag.optional().meta({ description: 'A quiet window is open.' }),
  maintenance: Flag.optional().meta({ description: 'A maintenance window is open.' }),
  quietCapped: Flag.optional().meta({ description: 'The daily cap refuses quiet windows: its restarts page.' }),
  missingCritical: Flag.optional(),
  failed: Flag.optional().meta({ description: 'An update failed to install.' }),
  stale: Flag.optional(),
  compliance: listOf(verdicts).optional(),
  identity: listOf(['matched', 'unmatched', 'ambiguous']).optional(),
  os: z.string().min(1).max(200).optional().meta({ description: 'Name of the operating system.' }),
  patch: z.string().min(1).max(512).optional().meta({
    description: 'The device has a record of this update; with `patchStatus`, one in such a status.',
  }),
  patchStatus: listOf(patchStatuses).optional(),
  sort: z
    .enum(deviceSorts)
    .default('name')
    .meta({ description: 'Ascending, `…Since`, `oldest…` and `compliance` put the worst first.' }),
  order: z.enum(['asc', 'desc']).default('asc'),
  format: z.enum(['json', 'csv']).default('json').meta({
    description: '`csv`: every device that fits, on no pages, by organization and id. Text cells hold no formulas.',
  }),
}).strict();
export type DeviceQuery = z.output<typeof DeviceQuery>;

export const DevicePage = z.object({ items: z.array(Device), total: z.int(), nextCursor }).meta({ id: 'DevicePage' });
