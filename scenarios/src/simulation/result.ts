import type { Notification } from '../alertmanager/alertmanager.ts';
import type { RuleFailure } from '../rules/rule-group.ts';
import type { ExposedSample } from '../world/scrape-target.ts';

/** What one variant did in one scenario. */
export interface PlayResult {
  readonly notifications: readonly Notification[];
  readonly ruleFailures: readonly RuleFailure[];
  /** Forged events that were taken in: must be none. */
  readonly forgeriesAccepted: readonly string[];
  /** Lines for the timeline, beside what the scenario itself says. */
  readonly notes: readonly { readonly at: number; readonly text: string }[];
  /** Scrapes of the first replica, when asked for: undefined samples = it did not answer. */
  readonly scrapes: readonly { readonly at: number; readonly samples: readonly ExposedSample[] | undefined }[];
}
