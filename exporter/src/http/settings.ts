import type { OrganizationScope, Role } from '../store/patch-store.ts';
import type { Question } from '../checks/check.ts';
import type { DeviceMatch } from '../identity/groups.ts';
import type { Recurrence } from '../schedule/recurrence.ts';
import type { RateLimit } from './auth/rate-limit.ts';

/** Parts of the configuration the API works by. They may change by a reload, so they are read anew on every request. */
export interface HttpSettings {
  readonly api: ApiSettings;
  readonly checks: readonly CheckSettings[];
  readonly schedules: readonly ScheduleSettings[];
  /** Label of the organization on targets and series; null leaves it out. */
  readonly organizationLabel: string | null;
  readonly appUrl: string | undefined;
}

export interface ApiSettings {
  readonly rateLimit: RateLimit;
  readonly metricsAuth: 'required' | 'open';
  readonly webhooks: Readonly<Record<string, WebhookSettings>>;
  readonly grafana: GrafanaSettings | undefined;
}

export interface WebhookSettings {
  readonly kind: 'header' | 'hmac';
  /** Header names in lower case. */
  readonly header: string;
  readonly timestampHeader: string;
  readonly replayWindowSeconds: number;
  readonly secret: { reveal(): string };
}

export interface GrafanaSettings {
  /** Without trailing slash. */
  readonly rootUrl: string;
  readonly jwksUrl: string;
  readonly jwksCacheSeconds: number;
  /** By Grafana's organization id. */
  readonly organizations: Readonly<Record<string, OrganizationScope>>;
  readonly roles: { readonly Viewer: Role; readonly Editor: Role; readonly Admin: Role };
}

/** A health check and the devices it is for. */
export interface CheckSettings {
  readonly name: string;
  readonly description: string;
  readonly question: Question;
  readonly onlyIfRunningBefore: boolean;
  readonly match: DeviceMatch;
}

/** Recurring maintenance and the devices it is for. */
export interface ScheduleSettings {
  readonly name: string;
  readonly reason: string;
  readonly match: DeviceMatch;
  readonly recurrence: Recurrence;
}
