import { z } from 'zod';
import type { ActivityKind } from './activity-kinds.ts';

export const VARIANTS = ['planned', 'stuck', 'install-failed', 'no-events', 'late-events', 'never-rebooted'] as const;
export type Variant = (typeof VARIANTS)[number];

/** How long the parts of a patch night take, before the time scale is applied. */
export const Timings = z.strictObject({
  scanSeconds: z.number().nonnegative().default(60),
  perPatchSeconds: z.number().nonnegative().default(120),
  rebootDelaySeconds: z.number().nonnegative().default(60),
  /** From the moment the reboot starts until the device stops answering. */
  shutdownSeconds: z.number().nonnegative().default(10),
  downSeconds: z.number().nonnegative().default(240),
  /** Of `late-events`: how long after it happened an activity shows up. */
  lateSeconds: z.number().nonnegative().default(900),
});
export type Timings = z.infer<typeof Timings>;

export type Effect =
  | { readonly do: 'offer' | 'install' | 'fail'; readonly kb: string }
  | { readonly do: 'need-reboot' | 'go-down' | 'boot' };

/** One thing that happens to a device, and what the vendor reports about it. */
export interface Step {
  readonly afterSeconds: number;
  /** Activities of one job share their seriesUid; the patch run and the reboot are two jobs. */
  readonly job: 'patch' | 'reboot';
  readonly effect?: Effect;
  readonly activity?: { readonly kind: ActivityKind; readonly subject?: string };
}

const patchStep = (afterSeconds: number, kind: ActivityKind): Step => ({
  afterSeconds,
  job: 'patch',
  activity: { kind },
});

/** The timeline of one device's patch night, as offsets from its start. */
export function patchNightSteps(variant: Variant, kbs: readonly string[], timings: Timings): Step[] {
  const fails = variant === 'install-failed';
  const installs = installSteps(fails, kbs, timings);
  const doneSeconds = timings.scanSeconds + kbs.length * timings.perPatchSeconds;
  const patching: Step[] = [
    patchStep(0, 'scanStarted'),
    ...kbs.map((kb): Step => ({ afterSeconds: timings.scanSeconds, job: 'patch', effect: { do: 'offer', kb } })),
    patchStep(timings.scanSeconds, 'scanCompleted'),
    patchStep(timings.scanSeconds, 'applyStarted'),
    ...installs,
    patchStep(doneSeconds, fails ? 'applyFailed' : 'applyCompleted'),
  ];
  if (fails) return patching;
  const patched: Step[] = [...patching, { afterSeconds: doneSeconds, job: 'patch', effect: { do: 'need-reboot' } }];
  if (variant === 'never-rebooted') return patched;
  const comesBack = variant !== 'stuck';
  const reboot = rebootSteps(timings, comesBack).map((step) => later(step, doneSeconds + timings.rebootDelaySeconds));
  const steps = [...patched, ...reboot];
  return variant === 'no-events' ? steps.filter(({ effect }) => effect !== undefined).map(withoutActivity) : steps;
}

export const scanSteps = ({ scanSeconds }: Timings): Step[] => [
  patchStep(0, 'scanStarted'),
  patchStep(scanSeconds, 'scanCompleted'),
];

function installSteps(fails: boolean, kbs: readonly string[], timings: Timings): Step[] {
  return kbs.map((kb, n) => ({
    afterSeconds: timings.scanSeconds + (n + 1) * timings.perPatchSeconds,
    job: 'patch',
    effect: { do: fails ? 'fail' : 'install', kb },
    activity: { kind: fails ? 'installFailed' : 'installed', subject: kb },
  }));
}

/** A reboot has no code of its own: it is an action that was requested, then the monitor saying it happened. */
export function rebootSteps({ shutdownSeconds, downSeconds }: Timings, comesBack: boolean): Step[] {
  const down: Step[] = [
    { afterSeconds: 0, job: 'reboot', activity: { kind: 'rebootRequested' } },
    { afterSeconds: 0, job: 'reboot', activity: { kind: 'rebootStarted' } },
    { afterSeconds: shutdownSeconds, job: 'reboot', activity: { kind: 'rebootCompleted' } },
    { afterSeconds: shutdownSeconds, job: 'reboot', effect: { do: 'go-down' } },
  ];
  if (!comesBack) return down;
  const backSeconds = shutdownSeconds + downSeconds;
  return [
    ...down,
    { afterSeconds: backSeconds, job: 'reboot', effect: { do: 'boot' }, activity: { kind: 'systemRebooted' } },
  ];
}

const later = (step: Step, seconds: number): Step => ({ ...step, afterSeconds: step.afterSeconds + seconds });

const withoutActivity = ({ afterSeconds, job, effect }: Step): Step => ({
  afterSeconds,
  job,
  ...(effect === undefined ? {} : { effect }),
});
