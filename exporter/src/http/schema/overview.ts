import { z } from 'zod';
import { capabilityNames } from '../../domain/capabilities.ts';
import { Time, organizationFilter, page } from './common.ts';
import { EvidenceOut } from './record.ts';
import { Identity } from './device.ts';

export const ComplianceQuery = z.strictObject({
  organization: organizationFilter,
  by: z.enum(['organization', 'site', 'group']).default('organization'),
});
export const ComplianceRow = z
  .object({
    organization: z.string(),
    site: z.string().nullable(),
    group: z.string().nullable(),
    devices: z.int(),
    compliant: z.int(),
    nonCompliant: z.int(),
    unknown: z.int().meta({ description: 'Counted apart; never compliant.' }),
    compliantRatio: z.number().nullable().meta({ description: 'compliant / devices; null without devices.' }),
    missingCritical: z.int().meta({ description: 'Devices that lack a critical update.' }),
    oldestMissingCriticalAt: Time.nullable(),
    failed: z.int().meta({ description: 'Devices with an update that failed to install.' }),
    rebootPending: z.int().meta({ description: 'Devices that wait for a restart.' }),
    oldestRebootPendingAt: Time.nullable(),
  })
  .meta({ id: 'ComplianceRow' });
export const ComplianceReport = z.object({ rows: z.array(ComplianceRow) }).meta({ id: 'ComplianceReport' });

export const TopologyQuery = z.strictObject({
  organization: organizationFilter,
  site: z.string().min(1).optional(),
  depth: z.enum(['organization', 'site', 'device']).default('site'),
});
export const Topology = z
  .object({
    nodes: z.array(
      z.object({
        id: z.string(),
        kind: z.enum(['organization', 'site', 'device']),
        name: z.string(),
        organization: z.string(),
        devices: z.int(),
        quiet: z.int(),
        rebootPending: z.int(),
        missingCritical: z.int().meta({ description: 'Critical updates missing, over all devices.' }),
        failed: z.int().meta({ description: 'Devices with an update that failed to install.' }),
        compliant: z.int(),
        nonCompliant: z.int(),
        unknown: z.int(),
      }),
    ),
    edges: z.array(z.object({ from: z.string(), to: z.string() })),
  })
  .meta({ id: 'Topology' });

export const SourceParams = z.object({ source: z.string().min(1).max(200) });
export const Source = z
  .object({
    id: z.string(),
    type: z.string(),
    up: z.boolean().nullable(),
    lastSuccessAt: Time.nullable(),
    lastAttemptAt: Time.nullable(),
    lastErrorKind: z.string().nullable(),
    lastErrorMessage: z.string().nullable().meta({ description: 'Only for callers that may see every organization.' }),
    devices: z.int().meta({ description: 'Of the organizations the caller may see.' }),
    unmatched: z.int(),
    ambiguous: z.int(),
    intervalSeconds: z.number(),
    reading: z.object({ since: Time, what: z.string().nullable(), count: z.int().nullable() }).nullable().meta({
      description:
        'A complete read is under way. How far it has come is only for callers that may see every organization.',
    }),
    capabilities: z
      .record(z.enum(capabilityNames), z.boolean())
      .meta({ description: 'What this kind of source can do. Nothing else depends on its type.' }),
  })
  .meta({ id: 'Source' });
export const SourceList = z.object({ items: z.array(Source) }).meta({ id: 'SourceList' });

export const RunQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(200).default(50) });
export const Run = z
  .object({
    kind: z.enum(['snapshot', 'events', 'lookup']),
    startedAt: Time,
    endedAt: Time,
    ok: z.boolean(),
    reason: z.string().nullable(),
    message: z.string().nullable(),
    devices: z.int().nullable(),
    events: z.int().nullable(),
    dropped: z.record(z.string(), z.int()).nullable(),
    unknownWords: z.record(z.string(), z.int()).nullable(),
  })
  .meta({ id: 'Run', description: 'Counts and messages are null unless the caller may see every organization.' });
export const RunList = z.object({ items: z.array(Run) }).meta({ id: 'RunList' });

export const CandidateList = z
  .object({
    items: z.array(
      z.object({
        instance: z.string(),
        because: z.enum(['host_name', 'address', 'similar_name', 'no_sign']),
        device: z.string().nullable().meta({ description: 'The device that has this instance already.' }),
      }),
    ),
    more: z.int().meta({ description: 'Instances left out.' }),
  })
  .meta({ id: 'CandidateList' });

export const MappingInput = z.strictObject({
  instance: z.string().trim().min(1).max(256).nullable().meta({ description: 'null takes the mapping away.' }),
});
export const MappingResult = z.object({ device: z.string(), identity: Identity }).meta({ id: 'MappingResult' });

export const Check = z
  .object({
    name: z.string(),
    description: z.string(),
    query: z.string().nullable().meta({ description: 'Only for callers that may see every organization.' }),
    services: z
      .object({ linux: z.array(z.string()), windows: z.array(z.string()) })
      .nullable()
      .meta({ description: 'Patterns of services that have to run; null for a check by query.' }),
    rmm: z
      .object({ services: z.array(z.string()), checks: z.array(z.string()) })
      .nullable()
      .meta({ description: 'Patterns of what the RMM alone is asked; null for every other check.' }),
    onlyIfRunningBefore: z.boolean().meta({ description: 'Asked only where it was good before the outage.' }),
    devices: z.int(),
    lastPassed: z.int(),
    lastFailed: z.int(),
  })
  .meta({ id: 'Check' });
export const CheckList = z.object({ items: z.array(Check) }).meta({ id: 'CheckList' });

export const TargetGroups = z
  .array(z.object({ targets: z.array(z.string()), labels: z.record(z.string(), z.string()) }))
  .meta({ id: 'TargetGroups', description: 'Prometheus HTTP service discovery.' });
export const TargetQuery = z.strictObject({ organization: organizationFilter });

export const AuditEntry = z
  .object({
    at: Time,
    actor: z.string(),
    action: z.string(),
    target: z.string(),
    organization: z.string().nullable(),
    outcome: z.enum(['done', 'refused', 'failed']),
    detail: z.string().nullable(),
  })
  .meta({ id: 'AuditEntry' });
export const AuditPage = page('AuditPage', AuditEntry);

export const Explanation = z
  .object({
    device: z.string(),
    identity: Identity,
    at: Time,
    summary: z.string(),
    evidence: z.array(
      z.object({
        evidence: EvidenceOut,
        verdict: z.enum(['valid', 'after_outage', 'expired', 'spent']),
        text: z.string(),
      }),
    ),
    decision: z.object({
      action: z.enum(['open', 'keep', 'close', 'refuse', 'none']),
      reason: z.string(),
      text: z.string(),
      until: Time.nullable(),
    }),
    rules: z.array(
      z.object({
        alert: z.string(),
        state: z.enum(['inactive', 'pending', 'firing', 'muted', 'unknown']),
        since: Time.nullable(),
        text: z.string(),
      }),
    ),
  })
  .meta({ id: 'Explanation' });

export const WebhookReport = z.object({ accepted: z.int(), duplicates: z.int() }).meta({ id: 'WebhookReport' });

const Schedule = z
  .object({
    name: z.string(),
    reason: z.string(),
    rule: z.string().meta({ description: 'RFC 5545, days only.', example: 'FREQ=MONTHLY;BYDAY=2TU' }),
    offsetDays: z.int().meta({ description: 'Calendar days after each day of the rule.' }),
    at: z.string().meta({ description: 'Local time it begins.', example: '02:00' }),
    timeZone: z.string().meta({ example: 'Europe/Berlin' }),
    durationSeconds: z.number(),
    devices: z.int().meta({ description: 'Devices it is for, of the organizations the caller may see.' }),
    next: z
      .array(z.object({ start: Time, end: Time }))
      .meta({ description: 'The one that runs and the next ones, at most five; exclusions are left out.' }),
  })
  .meta({ id: 'Schedule' });
export const ScheduleList = z.object({ items: z.array(Schedule) }).meta({ id: 'ScheduleList' });
