import type { z } from 'zod';
import { apiSection } from './sections/api.ts';
import { checksSection } from './sections/checks.ts';
import { groupsSection } from './sections/groups.ts';
import { identitySection } from './sections/identity.ts';
import { linksSection } from './sections/links.ts';
import { maintenanceSchedulesSection } from './sections/maintenance-schedules.ts';
import { metricsSection } from './sections/metrics.ts';
import { organizationsSection } from './sections/organizations.ts';
import { policySection } from './sections/policy.ts';
import { prometheusSection } from './sections/prometheus.ts';
import type { sourceSchema } from './sections/sources.ts';
import { storageSection } from './sections/storage.ts';
import { watcherSection } from './sections/watcher.ts';

/** Every top-level key but `sources`, whose options belong to the connectors. */
export const sections = {
  storage: storageSection,
  prometheus: prometheusSection,
  watcher: watcherSection,
  policy: policySection,
  checks: checksSection,
  identity: identitySection,
  organizations: organizationsSection,
  groups: groupsSection,
  maintenance_schedules: maintenanceSchedulesSection,
  api: apiSection,
  metrics: metricsSection,
  links: linksSection,
} as const;

export type SectionName = keyof typeof sections;
export type Sections = { readonly [K in SectionName]: z.output<(typeof sections)[K]> };

/** `options` is what the connector's own schema made of the keys that are not common to all sources. */
export type SourceConfig = Readonly<z.output<typeof sourceSchema>> & { readonly options: unknown };

/** The whole configuration, checked, with defaults, times in seconds and secrets loaded. */
export type Config = Sections & { readonly sources: readonly SourceConfig[] };

export type PrometheusConfig = Config['prometheus'][number];
export type ScheduleConfig = Config['maintenance_schedules'][number];
export type CheckConfig = Config['checks'][number];

/** Connector type to the schema of its own options. */
export type SourceSchemas = Readonly<Record<string, z.ZodType>>;
