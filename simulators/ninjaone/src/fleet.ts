import type { SimulatorClock } from './clock.ts';
import type { DeviceState } from './device-state.ts';
import { initialState } from './device-state.ts';
import type { Dice } from './dice.ts';
import type { DeviceIdentity, NamedDevice } from './identity.ts';
import { createIdentities, FIRST_DEVICE_ID } from './identity.ts';
import { organizationDetailedOf, organizationIndexOf, organizationOf } from './organizations.ts';
import type { PatchSubject } from './patches.ts';
import { pastInstalls, pendingPatches } from './patches.ts';
import type { Organization, OrganizationDetailed, PatchRow } from './wire.ts';

export interface FleetOptions {
  readonly dice: Dice;
  readonly clock: SimulatorClock;
  readonly devices: number;
  readonly organizations: number;
  /** These take the first positions; the rest is drawn. */
  readonly named?: readonly NamedDevice[];
  readonly organizationNames?: readonly string[];
}

/** Organizations and devices by position; nothing is kept but what has changed since the start. */
export interface Fleet {
  /** Number of positions, removed devices included. */
  readonly size: number;
  readonly organizationCount: number;
  /** The instant the fleet was made, epoch seconds. */
  readonly epoch: number;
  organization(index: number): Organization;
  organizationDetailed(index: number): OrganizationDetailed;
  hasOrganization(id: number): boolean;
  identity(index: number): DeviceIdentity;
  /** Undefined when no such device exists (any more). */
  find(id: number): DeviceIdentity | undefined;
  /** To read; changes made to it may be lost. */
  state(device: DeviceIdentity): Readonly<DeviceState>;
  /** To change; kept from then on. */
  change(device: DeviceIdentity): DeviceState;
  readonly changed: ReadonlyMap<number, Readonly<DeviceState>>;
  /** Patches without an install attempt; an offline device reports none. */
  pending(device: DeviceIdentity): PatchRow[];
  installs(device: DeviceIdentity): PatchRow[];
}

export function createFleet(options: FleetOptions): Fleet {
  const { dice, clock, organizations, named = [] } = options;
  const size = Math.max(options.devices, named.length);
  const epoch = clock.now();
  const identity = createIdentities(dice, { organizations, named });
  const changed = new Map<number, DeviceState>();

  const state = (device: DeviceIdentity) =>
    changed.get(device.id) ?? initialState(dice, device, epoch, device.index < named.length);

  function change(device: DeviceIdentity): DeviceState {
    const current = state(device);
    changed.set(device.id, current);
    return current;
  }

  function find(id: number): DeviceIdentity | undefined {
    const index = id - FIRST_DEVICE_ID;
    if (!Number.isInteger(index) || index < 0 || index >= size) return undefined;
    const device = identity(index);
    return state(device).removed ? undefined : device;
  }

  const collected = (rows: PatchRow[], at: number | undefined) =>
    at === undefined ? rows : rows.map((row) => ({ ...row, timestamp: at }));

  function pending(device: DeviceIdentity): PatchRow[] {
    const subject = subjectOf(device, epoch);
    const current = state(device);
    if (subject === undefined || current.offline) return [];
    const left = pendingPatches(dice, subject).filter(({ id }) => !current.attempted.has(id));
    return collected([...left, ...current.morePending], current.collectedAt);
  }

  function installs(device: DeviceIdentity): PatchRow[] {
    const subject = subjectOf(device, epoch);
    if (subject === undefined) return [];
    const current = state(device);
    return collected([...pastInstalls(dice, subject), ...current.moreInstalls], current.collectedAt);
  }

  return {
    size,
    organizationCount: organizations,
    epoch,
    organization: (index) => organizationOf(dice, index, options.organizationNames?.[index]),
    organizationDetailed: (index) => organizationDetailedOf(dice, index, options.organizationNames?.[index]),
    hasOrganization: (id) => organizationIndexOf(id) >= 0 && organizationIndexOf(id) < organizations,
    identity,
    find,
    state,
    change,
    changed,
    pending,
    installs,
  };
}

function subjectOf(device: DeviceIdentity, epoch: number): PatchSubject | undefined {
  const { os } = device.platform;
  return os && { deviceId: device.id, family: os.family, release: os.release, epoch };
}
