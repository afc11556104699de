import type { ActivityLog } from './activities.ts';
import type { ActivityKind } from './activity-kinds.ts';
import { draftActivity } from './activity-kinds.ts';
import type { SimulatorClock } from './clock.ts';
import type { Dice } from './dice.ts';
import type { Fleet } from './fleet.ts';
import type { DeviceIdentity } from './identity.ts';
import { kbDigits } from './patches.ts';
import type { Effect, Step, Timings, Variant } from './scenario.ts';
import { patchNightSteps, rebootSteps, scanSteps } from './scenario.ts';
import type { Schedule } from './schedule.ts';
import { servicesOf } from './services.ts';
import type { PatchRow, ServiceState } from './wire.ts';

/** Called when a simulated device stops or starts answering, so that a real scrape target can do the same. */
export interface MachineHooks {
  readonly onDown?: (deviceId: number) => void;
  readonly onUp?: (deviceId: number) => void;
}

export interface PatchNight {
  readonly variant: Variant;
  /** Empty: whatever is approved on the device, or one made-up update. */
  readonly kbs: readonly string[];
  readonly atUnixSeconds: number;
}

/** Everything that can be done to a device. */
export interface Machines {
  goOffline(device: DeviceIdentity): void;
  comeOnline(device: DeviceIdentity): void;
  /** Back with a new boot time and a SYSTEM_REBOOTED activity, whatever it was before. */
  boot(device: DeviceIdentity): void;
  remove(device: DeviceIdentity): void;
  setService(device: DeviceIdentity, name: string, state: ServiceState): boolean;
  patchNight(device: DeviceIdentity, night: PatchNight): void;
  /** What an order through the API does; held back while the device is offline. */
  reboot(device: DeviceIdentity): void;
  scan(device: DeviceIdentity): void;
  /** Runs the work now, or as soon as the agent answers again. */
  whenOnline(device: DeviceIdentity, work: (startsAt: number) => void): void;
  report(device: DeviceIdentity, kind: ActivityKind, seriesUid: string, subject?: string): void;
  newSeriesUid(): string;
}

export interface MachineParts {
  readonly fleet: Fleet;
  readonly log: ActivityLog;
  readonly schedule: Schedule;
  readonly clock: SimulatorClock;
  readonly dice: Dice;
  readonly timings: Timings;
  /** 10 makes a ten-minute step take one minute; timestamps stay on the clock. */
  readonly timeScale: number;
  readonly hooks: MachineHooks;
}

const FALLBACK_KB = 'KB5041160';

export function createMachines(parts: MachineParts): Machines {
  const { fleet, log, schedule, clock, dice, hooks, timings } = parts;
  let jobs = 0;

  const newSeriesUid = () => dice.uuid('series', jobs++);

  function report(device: DeviceIdentity, kind: ActivityKind, seriesUid: string, subject?: string): void {
    log.record(draftActivity({ device, kind, atUnixSeconds: clock.now(), seriesUid, subject }));
  }

  function goOffline(device: DeviceIdentity, at = clock.now()): void {
    const state = fleet.change(device);
    if (state.offline) return;
    state.offline = true;
    state.lastContact = at;
    hooks.onDown?.(device.id);
  }

  function comeOnline(device: DeviceIdentity): void {
    const state = fleet.change(device);
    if (!state.offline) return;
    state.offline = false;
    hooks.onUp?.(device.id);
    for (const work of state.queued.splice(0)) work();
  }

  function bootAt(device: DeviceIdentity, at: number): void {
    const state = fleet.change(device);
    state.lastBoot = at;
    state.needsReboot = false;
    state.collectedAt = at;
    comeOnline(device);
  }

  function apply(device: DeviceIdentity, effect: Effect, at: number): void {
    if ('kb' in effect) {
      if (effect.do === 'offer') offer(device, effect.kb, at);
      else attempt(device, effect.kb, effect.do === 'install' ? 'INSTALLED' : 'FAILED', at);
    } else if (effect.do === 'go-down') goOffline(device, at);
    else if (effect.do === 'boot') bootAt(device, at);
    else fleet.change(device).needsReboot = true;
  }

  function offer(device: DeviceIdentity, kb: string, at: number): void {
    const state = fleet.change(device);
    state.collectedAt = at;
    if (!fleet.pending(device).some((row) => concerns(row, kb)))
      state.morePending.push(newRow(device, kb, 'APPROVED', at));
  }

  /** An attempt takes the patch off the pending list, as the vendor's report does, and adds an install row. */
  function attempt(device: DeviceIdentity, kb: string, status: 'INSTALLED' | 'FAILED', at: number): void {
    const row = fleet.pending(device).find((candidate) => concerns(candidate, kb)) ?? newRow(device, kb, status, at);
    const state = fleet.change(device);
    state.attempted.add(row.id);
    const added = state.morePending.findIndex(({ id }) => id === row.id);
    if (added >= 0) state.morePending.splice(added, 1);
    state.moreInstalls.push({
      ...row,
      id: dice.uuid('attempt', device.id, jobs++),
      status,
      type: 'UNKNOWN',
      installedAt: at,
    });
    state.collectedAt = at;
  }

  const newRow = (device: DeviceIdentity, kb: string, status: string, at: number): PatchRow => ({
    id: dice.uuid('offered', device.id, jobs++),
    deviceId: device.id,
    ...(isKb(kb) ? { kbNumber: kb } : {}),
    name: isKb(kb) ? `Cumulative Update (${kb})` : kb,
    severity: 'CRITICAL',
    status,
    type: 'SECURITY_UPDATES',
    timestamp: at,
  });

  /** Plans the steps; `lateSeconds` sends every activity that long after its own time. */
  function play(device: DeviceIdentity, steps: readonly Step[], startsAt: number, lateSeconds = 0): void {
    const series = { patch: newSeriesUid(), reboot: newSeriesUid() };
    for (const step of steps) {
      schedule.at(startsAt + step.afterSeconds / parts.timeScale, (at) => {
        if (step.effect) apply(device, step.effect, at);
        if (step.activity === undefined) return;
        const { kind, subject } = step.activity;
        const draft = draftActivity({ device, kind, atUnixSeconds: at, seriesUid: series[step.job], subject });
        if (lateSeconds === 0) log.record(draft);
        else log.recordLate(draft, lateSeconds / parts.timeScale);
      });
    }
  }

  /** Starts the work, or keeps it until the agent answers again. */
  function whenOnline(device: DeviceIdentity, work: (startsAt: number) => void, at = clock.now()): void {
    if (fleet.state(device).offline) {
      fleet.change(device).queued.push(() => {
        work(clock.now());
      });
    } else work(at);
  }

  function approvedKbs(device: DeviceIdentity): string[] {
    const approved = fleet.pending(device).filter(({ status }) => status === 'APPROVED');
    const kbs = approved.map(({ kbNumber, name }) => kbNumber ?? name);
    return kbs.length === 0 ? [FALLBACK_KB] : [...new Set(kbs)];
  }

  function patchNight(device: DeviceIdentity, { variant, kbs, atUnixSeconds }: PatchNight): void {
    const lateSeconds = variant === 'late-events' ? timings.lateSeconds : 0;
    const start = (startsAt: number) => {
      const wanted = kbs.length === 0 ? approvedKbs(device) : kbs;
      play(device, patchNightSteps(variant, wanted, timings), startsAt, lateSeconds);
    };
    schedule.at(atUnixSeconds, (at) => {
      whenOnline(device, start, at);
    });
    schedule.runDue();
  }

  function setService(device: DeviceIdentity, name: string, state: ServiceState): boolean {
    if (!servicesOf(device).some((service) => service.name === name)) return false;
    fleet.change(device).services.set(name, state);
    report(device, state === 'RUNNING' ? 'serviceStarted' : 'serviceStopped', newSeriesUid(), name);
    return true;
  }

  return {
    goOffline,
    comeOnline,
    boot(device) {
      bootAt(device, clock.now());
      report(device, 'systemRebooted', newSeriesUid());
    },
    remove(device) {
      fleet.change(device).removed = true;
      report(device, 'nodeDeleted', newSeriesUid());
    },
    setService,
    patchNight,
    whenOnline,
    reboot: (device) => {
      whenOnline(device, (startsAt) => {
        play(device, rebootSteps(timings, true), startsAt);
      });
      schedule.runDue();
    },
    scan: (device) => {
      whenOnline(device, (startsAt) => {
        play(device, scanSteps(timings), startsAt);
      });
      schedule.runDue();
    },
    report,
    newSeriesUid,
  };
}

const isKb = (text: string): boolean => /^(KB)?\d{6,8}$/i.test(text);

/** The vendor's two spellings of a KB are one patch; patches without a KB go by name. */
function concerns(row: PatchRow, kb: string): boolean {
  return isKb(kb) && row.kbNumber !== undefined ? kbDigits(row.kbNumber) === kbDigits(kb) : row.name === kb;
}
