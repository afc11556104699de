import type { SimulatorClock } from './clock.ts';
import type { Faults } from './faults.ts';

export interface SimulatedDevice {
  /** From 1, without gaps; a removed device leaves one. */
  readonly number: number;
  /** From 1. */
  readonly organization: number;
  readonly name: string;
  readonly windows: boolean;
  readonly online: boolean;
  readonly lastSeenAt: number;
  readonly lastBootAt: number;
  readonly needsReboot: boolean;
  readonly updates: readonly SimulatedUpdate[];
  /** Services that should run and do not. */
  readonly stopped: readonly string[];
}

export interface SimulatedUpdate {
  readonly kb: number;
  readonly title: string;
  readonly state: 'waiting' | 'approved' | 'rejected' | 'failed' | 'installed';
  /** Of an install. */
  readonly at?: number;
}

type Change = Partial<
  Pick<SimulatedDevice, 'organization' | 'name' | 'online' | 'lastBootAt' | 'needsReboot' | 'stopped'>
> & {
  readonly removed?: boolean;
  readonly installed?: readonly SimulatedUpdate[];
};

export interface FleetOptions {
  readonly clock: SimulatorClock;
  readonly faults: Faults;
  readonly devices: number;
  readonly organizations: number;
}

/** Devices by number; nothing is kept but what has changed since the start, so that fifty thousand cost nothing. */
export interface SimulatedFleet {
  readonly organizations: readonly { readonly number: number; readonly name: string }[];
  /** Devices as one list shows them, in order, faults included. */
  list(organization?: number): SimulatedDevice[];
  /** Undefined when there is none (any more). */
  find(number: number): SimulatedDevice | undefined;
  /** The device installs updates and asks for a reboot. */
  install(number: number, kbs: readonly number[]): void;
  /** It has booted just now. `flagStays`: what it says about a needed reboot is not refreshed. */
  reboot(number: number, flagStays?: boolean): void;
  change(number: number, change: Change): void;
}

const daySeconds = 86_400;
const cacheSeconds = 30;

export function createFleet({ clock, faults, devices, organizations }: FleetOptions): SimulatedFleet {
  const epoch = clock.now();
  const changes = new Map<number, Change>();
  const names = Array.from({ length: organizations }, (_, i) => ({
    number: i + 1,
    name: `Organization ${String(i + 1).padStart(3, '0')}`,
  }));

  function device(number: number): SimulatedDevice | undefined {
    const { removed, installed = [], ...change } = changes.get(number) ?? {};
    if (number < 1 || number > devices || removed === true) return undefined;
    const windows = number % 8 !== 0;
    const own: SimulatedDevice = {
      number,
      organization: ((number - 1) % organizations) + 1,
      name: `HOST-${String(number).padStart(5, '0')}`,
      windows,
      online: number % 50 !== 0,
      lastSeenAt: clock.now() - (number % 50 === 0 ? 2 * daySeconds : number % 60),
      lastBootAt: epoch - daySeconds * (1 + (number % 20)) - number,
      needsReboot: false,
      updates: windows ? updatesOf(number, epoch) : [],
      stopped: [],
    };
    const done = new Set(installed.map(({ kb }) => kb));
    return { ...own, ...change, updates: [...own.updates.filter(({ kb }) => !done.has(kb)), ...installed] };
  }

  /** The whole list, while nothing changes it: a walk over many pages asks for it again and again. */
  let whole: { readonly at: number; readonly devices: SimulatedDevice[] } | undefined;

  function update(number: number, change: Change): void {
    whole = undefined;
    changes.set(number, { ...changes.get(number), ...change });
  }

  function listQuietly(organization: number | undefined): SimulatedDevice[] {
    if (whole === undefined || clock.now() - whole.at > cacheSeconds) {
      const numbers = Array.from({ length: devices }, (_, i) => i + 1);
      whole = { at: clock.now(), devices: numbers.flatMap((number) => device(number) ?? []) };
    }
    return organization === undefined
      ? whole.devices
      : whole.devices.filter((candidate) => candidate.organization === organization);
  }

  return {
    organizations: names,
    find: device,
    change: update,
    list(organization) {
      if (faults.isQuiet) return listQuietly(organization);
      if (faults.take('empty-fleet')) return [];
      const half = faults.take('half-fleet') !== undefined;
      const gone = faults.take('organization-gone') === undefined ? undefined : names.at(-1)?.number;
      const aheadSeconds = faults.take('clock-ahead') === undefined ? 0 : 7200;
      const listed: SimulatedDevice[] = [];
      const twice = faults.take('duplicate-rows') !== undefined;
      for (let number = 1; number <= devices; number += 1) {
        const found = device(number);
        if (found === undefined || (half && number % 3 !== 0) || found.organization === gone) continue;
        if (organization !== undefined && found.organization !== organization) continue;
        const shown = aheadSeconds === 0 ? found : ahead(found, clock.now() + aheadSeconds);
        listed.push(shown, ...(twice ? [shown] : []));
      }
      return listed;
    },
    install(number, kbs) {
      const at = clock.now();
      const batch = kbs.map(
        (kb) => ({ kb, title: `Cumulative Update (KB${String(kb)})`, state: 'installed', at }) as const,
      );
      update(number, { installed: [...(changes.get(number)?.installed ?? []), ...batch], needsReboot: true });
    },
    reboot(number, flagStays = false) {
      update(number, { lastBootAt: clock.now(), ...(flagStays ? {} : { needsReboot: false }) });
    },
  };
}

function ahead(device: SimulatedDevice, at: number): SimulatedDevice {
  return { ...device, lastSeenAt: at, lastBootAt: at, updates: device.updates.map((one) => ({ ...one, at })) };
}

/** Nine updates: what a month of patching leaves on a machine. */
function updatesOf(number: number, epoch: number): readonly SimulatedUpdate[] {
  const states = ['installed', 'installed', 'installed', 'installed', 'installed', 'approved', 'waiting'] as const;
  const usual = states.map((state, i) => ({
    kb: 5_040_000 + i,
    title: `2026-0${String(i + 1)} Cumulative Update (KB${String(5_040_000 + i)})`,
    state,
    ...(state === 'installed' ? { at: epoch - daySeconds * (5 + 3 * i) - (number % 1000) } : {}),
  }));
  const odd = {
    kb: 5_050_000,
    title: 'Printer driver (KB5050000)',
    state: number % 5 === 0 ? 'failed' : 'rejected',
  } as const;
  return [...usual, odd];
}
