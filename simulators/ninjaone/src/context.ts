import type { ActivityLog } from './activities.ts';
import { parseDeviceFilter } from './device-filter.ts';
import type { Dice } from './dice.ts';
import type { Faults } from './faults.ts';
import type { Fleet } from './fleet.ts';
import { groupOf } from './groups.ts';
import type { DeviceIdentity } from './identity.ts';
import type { Machines } from './machines.ts';
import { organizationIdOf } from './organizations.ts';
import type { Rows } from './rows.ts';
import type { SimulatorClock } from './clock.ts';
import type { Webhook } from './webhook.ts';

/** What the routes share. */
export interface SimulatorContext {
  readonly clock: SimulatorClock;
  readonly dice: Dice;
  readonly fleet: Fleet;
  readonly rows: Rows;
  readonly log: ActivityLog;
  readonly faults: Faults;
  readonly machines: Machines;
  readonly webhook: Webhook;
  /** Requests that were answered although they cannot have meant what they said. */
  warn(message: string): void;
}

export type DevicePredicate = (device: DeviceIdentity) => boolean;

/** Compiles `df` against the fleet; tokens without effect are warned about and otherwise ignored, as the vendor does. */
export function deviceMatcher(context: SimulatorContext, df: string | undefined): DevicePredicate {
  const { fleet } = context;
  const filter = parseDeviceFilter(df);
  for (const token of filter.ignored) context.warn(`df token without effect: ${token}`);
  return (device) => {
    const state = fleet.state(device);
    if (state.removed) return false;
    if (df === undefined) return true;
    return filter.matches({
      id: device.id,
      organizationId: organizationIdOf(device.organizationIndex),
      locationId: device.locationId,
      roleId: device.platform.roleId,
      nodeClass: device.platform.nodeClass,
      approvalStatus: device.approvalStatus,
      offline: state.offline,
      createdUnixSeconds: fleet.epoch - device.ageSeconds,
      inGroup: (groupId) => groupOf(groupId)?.contains(device, state) ?? false,
    });
  };
}

/** How many positions of the fleet this answer may show. */
export function visibleSize({ fleet, faults }: SimulatorContext, target: string): number {
  if (faults.take('empty-fleet', target)) return 0;
  return faults.take('half-fleet', target) ? Math.floor(fleet.size / 2) : fleet.size;
}
