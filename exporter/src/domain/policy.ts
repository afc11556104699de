import type { DeviceState } from './device.ts';

/** Every number the law needs, in seconds. Defaults are the product's promises; the configuration may change them. */
export interface Policy {
  readonly budget: BudgetPolicy;
  /** How long after a device went down a window may still open. */
  readonly contextDelaySeconds: number;
  /** Most quiet time per device in any 24 h. */
  readonly dailyCapSeconds: number;
  /** A vendor's clock may run ahead of Prometheus' by this much before evidence counts as "after the fact". */
  readonly clockSkewSeconds: number;
  /** Events dated further in the future than this are refused at the door. */
  readonly futureToleranceSeconds: number;
  readonly evidence: EvidencePolicy;
  readonly maintenance: MaintenancePolicy;
  /** A device counts as returned once it has answered this long without a break: updates may restart it twice. */
  readonly returnStableSeconds: number;
  readonly verification: VerificationPolicy;
  readonly compliance: CompliancePolicy;
}

export interface BudgetPolicy {
  readonly defaultSeconds: number;
  /** No budget, configured or learned, goes past this. */
  readonly capSeconds: number;
  readonly byDevice: Readonly<Record<string, number>>;
  readonly byGroup: Readonly<Record<string, number>>;
  readonly byOrganization: Readonly<Record<string, number>>;
}

export interface EvidencePolicy {
  readonly installStartedSeconds: number;
  readonly installedSeconds: number;
  readonly rebootPendingSeconds: number;
  /** A reboot that has been pending longer than this no longer explains an outage today. */
  readonly rebootPendingMaxAgeSeconds: number;
}

export interface MaintenancePolicy {
  readonly afterInstallSeconds: number;
  readonly capSeconds: number;
}

export interface VerificationPolicy {
  readonly settleSeconds: number;
  readonly intervalSeconds: number;
  readonly rounds: number;
  /** Compare with what ran before, on devices that no check is for. */
  readonly baseline: boolean;
  /** Regular expressions over whole names of services that may be gone afterwards. */
  readonly baselineIgnore: readonly string[];
}

export interface CompliancePolicy {
  /** Open critical updates older than this make a device non-compliant. */
  readonly criticalSlaSeconds: number;
  /** Device data older than this is unknown, not compliant. */
  readonly staleAfterSeconds: number;
}

const minute = 60;
const hour = 3600;

export const defaultPolicy: Policy = {
  budget: { defaultSeconds: 30 * minute, capSeconds: 2 * hour, byDevice: {}, byGroup: {}, byOrganization: {} },
  contextDelaySeconds: 2 * minute,
  dailyCapSeconds: 4 * hour,
  clockSkewSeconds: 5,
  futureToleranceSeconds: 5 * minute,
  evidence: {
    installStartedSeconds: 2 * hour,
    installedSeconds: 2 * hour,
    rebootPendingSeconds: 1 * hour,
    rebootPendingMaxAgeSeconds: 7 * 24 * hour,
  },
  maintenance: { afterInstallSeconds: 60 * minute, capSeconds: 4 * hour },
  returnStableSeconds: 1 * minute,
  verification: { settleSeconds: 5 * minute, intervalSeconds: 30, rounds: 2, baseline: true, baselineIgnore: [] },
  compliance: { criticalSlaSeconds: 14 * 24 * hour, staleAfterSeconds: 24 * hour },
};

/** Most specific wins (device, then the smallest of its groups, then organization), and never past the cap. */
export function budgetFor(device: DeviceState, instance: string, policy: BudgetPolicy): number {
  const groups = device.facts.groups.flatMap((group) => policy.byGroup[group] ?? []);
  const configured =
    policy.byDevice[device.key] ??
    policy.byDevice[instance] ??
    (groups.length > 0 ? Math.min(...groups) : undefined) ??
    policy.byOrganization[device.facts.organization] ??
    policy.defaultSeconds;
  return Math.min(configured, policy.capSeconds);
}
