import { wholeName } from '../../checks/baseline.ts';
import { z } from 'zod';
import { defaultPolicy, type Policy } from '../../domain/policy.ts';
import { duration, formatDuration } from '../duration.ts';

const d = defaultPolicy;
const limits = { min: '1s', max: '7d' };

/** A duration key whose default is the product's own number, so that both can never differ. */
function promised(seconds: number, description: string, range: Parameters<typeof duration>[0] = limits) {
  return duration(range).prefault(formatDuration(seconds)).describe(description);
}

const budgets = (whose: string) =>
  z
    .record(z.string().min(1), duration({ min: '1s', max: '24h' }))
    .default({})
    .describe(`Budget by ${whose}.`)
    .meta({ typeName: 'map to duration' });

const learned = z
  .strictObject({
    enabled: z
      .boolean()
      .default(d.budget.learned.enabled)
      .describe('Let past reboots decide where they are many enough; devices with a budget of their own keep it.'),
    coverage: z
      .number()
      .min(0.8)
      .max(0.999)
      .default(d.budget.learned.coverage)
      .describe('Share of reboots the budget has to cover; the rest pages.'),
    floor: promised(d.budget.learned.floorSeconds, 'No learned budget is shorter.', { min: '1s', max: '1h' }),
  })
  .transform(({ enabled, coverage, floor }) => ({ enabled, coverage, floorSeconds: floor }))
  .prefault({})
  .describe('Budgets from experience: docs/learned-budget.md.');

const budget = z
  .strictObject({
    default: promised(d.budget.defaultSeconds, 'How long a post-patch reboot may take.', { min: '1s', max: '24h' }),
    cap: promised(d.budget.capSeconds, 'No budget goes past this, learned or configured.', { min: '1s', max: '24h' }),
    devices: budgets('device id or instance'),
    groups: budgets('group; the smallest of a device’s groups counts'),
    organizations: budgets('organization'),
    learned,
  })
  .superRefine((raw, context) => {
    const over = (seconds: number, path: (string | number)[]): void => {
      if (seconds > raw.cap)
        context.addIssue({
          code: 'custom',
          path,
          message: `${formatDuration(seconds)} is more than the cap of ${formatDuration(raw.cap)}`,
        });
    };
    over(raw.default, ['default']);
    for (const key of ['devices', 'groups', 'organizations'] as const)
      for (const [entry, seconds] of Object.entries(raw[key])) over(seconds, [key, entry]);
  })
  .transform((raw) => ({
    defaultSeconds: raw.default,
    capSeconds: raw.cap,
    byDevice: raw.devices,
    byGroup: raw.groups,
    byOrganization: raw.organizations,
    learned: raw.learned,
  }))
  .prefault({})
  .describe('How long a device may be down after a patch before somebody is paged.');

const evidence = z
  .strictObject({
    install_started: promised(d.evidence.installStartedSeconds, 'A started install explains a reboot this long.'),
    installed: promised(d.evidence.installedSeconds, 'A finished install explains a reboot this long.'),
    reboot_pending: promised(d.evidence.rebootPendingSeconds, 'A snapshot that says "reboot pending" holds this long.'),
    reboot_pending_max_age: promised(
      d.evidence.rebootPendingMaxAgeSeconds,
      'A reboot pending longer than this explains nothing any more.',
      { min: '1m', max: '90d' },
    ),
  })
  .transform((raw) => ({
    installStartedSeconds: raw.install_started,
    installedSeconds: raw.installed,
    rebootPendingSeconds: raw.reboot_pending,
    rebootPendingMaxAgeSeconds: raw.reboot_pending_max_age,
  }))
  .prefault({})
  .describe('How long each kind of evidence is valid.');

const maintenance = z
  .strictObject({
    after_install: promised(d.maintenance.afterInstallSeconds, 'End of a maintenance window after the last install.'),
    cap: promised(d.maintenance.capSeconds, 'Longest maintenance window.'),
  })
  .superRefine((raw, context) => {
    if (raw.after_install > raw.cap)
      context.addIssue({ code: 'custom', path: ['after_install'], message: 'is more than the cap' });
  })
  .transform((raw) => ({ afterInstallSeconds: raw.after_install, capSeconds: raw.cap }))
  .prefault({})
  .describe('Pause for opted-in CPU and service alerts.');

function isWholeName(text: string): boolean {
  try {
    return wholeName([text]) instanceof RegExp;
  } catch {
    return false;
  }
}

const verification = z
  .strictObject({
    settle: promised(d.verification.settleSeconds, 'Services get this long to come up before a failure counts.', {
      max: '1h',
    }),
    interval: promised(d.verification.intervalSeconds, 'Time between two rounds of checks.', {
      min: '100ms',
      max: '10m',
    }),
    rounds: z
      .int()
      .min(1)
      .max(20)
      .default(d.verification.rounds)
      .describe('Rounds in a row that all checks must pass.'),
    baseline: z
      .boolean()
      .default(d.verification.baseline)
      .describe('Where no check is for a device: what ran before the outage has to run again.'),
    baseline_from_rmm: z
      .boolean()
      .default(d.verification.baselineFromRmm)
      .describe('Where Prometheus knows no services of a device, compare with the RMM’s list: docs/verification.md.'),
    baseline_ignore: z
      .array(z.string().refine(isWholeName, 'is not a regular expression'))
      .default([...d.verification.baselineIgnore])
      .describe('Services that may be gone afterwards; whole names, as regular expressions.'),
  })
  .transform((raw) => ({
    settleSeconds: raw.settle,
    intervalSeconds: raw.interval,
    rounds: raw.rounds,
    baseline: raw.baseline,
    baselineFromRmm: raw.baseline_from_rmm,
    baselineIgnore: raw.baseline_ignore,
  }))
  .prefault({})
  .describe('Health checks after the device is back.');

const compliance = z
  .strictObject({
    critical_sla: promised(d.compliance.criticalSlaSeconds, 'Open critical updates older than this are a fault.', {
      min: '1h',
      max: '365d',
    }),
    stale_after: promised(d.compliance.staleAfterSeconds, 'Data older than this is unknown, never compliant.', {
      min: '1m',
      max: '30d',
    }),
  })
  .transform((raw) => ({ criticalSlaSeconds: raw.critical_sla, staleAfterSeconds: raw.stale_after }))
  .prefault({})
  .describe('What counts as compliant.');

export const policySection = z
  .strictObject({
    budget,
    context_delay: promised(d.contextDelaySeconds, 'How long after a device went down a window may still open.', {
      max: '30m',
    }),
    daily_cap: promised(d.dailyCapSeconds, 'Most quiet time per device in 24 h; past it nothing more is muted.', {
      min: '1m',
      max: '24h',
    }),
    clock_skew: promised(d.clockSkewSeconds, 'How far a vendor’s clock may run ahead of Prometheus’.', { max: '1m' }),
    future_tolerance: promised(d.futureToleranceSeconds, 'Events dated further ahead are refused.', { max: '1h' }),
    evidence,
    maintenance,
    return_stable: promised(d.returnStableSeconds, 'A device is back once it has answered this long without a break.', {
      max: '30m',
    }),
    verification,
    compliance,
  })
  .transform((raw): Policy => ({
    budget: raw.budget,
    contextDelaySeconds: raw.context_delay,
    dailyCapSeconds: raw.daily_cap,
    clockSkewSeconds: raw.clock_skew,
    futureToleranceSeconds: raw.future_tolerance,
    evidence: raw.evidence,
    maintenance: raw.maintenance,
    returnStableSeconds: raw.return_stable,
    verification: raw.verification,
    compliance: raw.compliance,
  }))
  .prefault({});
