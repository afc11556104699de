import type { DeviceState } from './device.ts';
import type { BudgetOrigin, LearnedBound } from './learned-budget.ts';

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
  readonly learned: LearnedPolicy;
}

export interface LearnedPolicy {
  readonly enabled: boolean;
  /** Share of a device's reboots that the learned budget has to cover. */
  readonly coverage: number;
  /** No learned budget is shorter. */
  readonly floorSeconds: number;
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
  /** Compare with the RMM's list of services where Prometheus knows none of the device. */
  readonly baselineFromRmm: boolean;
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
  budget: {
    defaultSeconds: 30 * minute,
    capSeconds: 2 * hour,
    byDevice: {},
    byGroup: {},
    byOrganization: {},
    learned: { enabled: false, coverage: 0.99, floorSeconds: 5 * minute },
  },
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
  verification: {
    settleSeconds: 5 * minute,
    intervalSeconds: 30,
    rounds: 2,
    baseline: true,
    baselineFromRmm: false,
    baselineIgnore: [],
  },
  compliance: { criticalSlaSeconds: 14 * 24 * hour, staleAfterSeconds: 24 * hour },
};

export interface Budget {
  readonly seconds: number;
  readonly from: BudgetOrigin;
  /** The same for people, as the end of a sentence: `by configuration`, `learned: 99 % of 120 reboots …`. */
  readonly basis: string;
}

/**
 * How long a reboot of this device may take, never past the cap: what is configured for the very device, then what was
 * learned, then what is configured for its groups (the smallest counts), its organization, and everyone. Only the device's
 * own past may lengthen its budget: what others of its kind did (some of them got stuck) can shorten it.
 */
export function budgetFor(
  device: DeviceState,
  instance: string,
  policy: BudgetPolicy,
  learned: LearnedBound | undefined,
): Budget {
  const own = policy.byDevice[device.key] ?? policy.byDevice[instance];
  if (own !== undefined) return configuredBudget(own, policy);
  const groups = device.facts.groups.flatMap((group) => policy.byGroup[group] ?? []);
  const configured =
    (groups.length > 0 ? Math.min(...groups) : undefined) ??
    policy.byOrganization[device.facts.organization] ??
    policy.defaultSeconds;
  if (learned === undefined || (learned.from !== 'device' && learned.seconds >= configured))
    return configuredBudget(configured, policy);
  return {
    seconds: Math.min(learned.seconds, policy.capSeconds),
    from: 'learned',
    basis: learnedBasis(learned, policy.learned),
  };
}

function configuredBudget(seconds: number, { capSeconds }: BudgetPolicy): Budget {
  return { seconds: Math.min(seconds, capSeconds), from: 'configured', basis: 'by configuration' };
}

function learnedBasis({ from, samples, own }: LearnedBound, { coverage }: LearnedPolicy): string {
  const share = `${String(Number((coverage * 100).toFixed(1)))} %`;
  const whose = from === 'device' ? 'of this device' : `of its ${from}, ${String(own)} of them its own`;
  return `learned: ${share} of ${String(samples)} reboots ${whose}, took less`;
}
