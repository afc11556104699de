import type { DeviceKey } from '../../domain/device.ts';
import type { FleetView } from '../../fleet/fleet-view.ts';

/**
 * What people call a device, for records that hold only its key. null for a device that is gone, and for one that has
 * moved to another organization since: a record of the old one never tells what the new one calls it.
 */
export function deviceName(fleet: Pick<FleetView, 'state'>, key: DeviceKey, organization: string): string | null {
  const facts = fleet.state(key)?.facts;
  return facts?.organization === organization ? facts.displayName : null;
}

/** The instance a device is matched to now; null under the same terms as its name. */
export function deviceInstance(fleet: Pick<FleetView, 'get'>, key: DeviceKey, organization: string): string | null {
  const view = fleet.get(key);
  const isSame = view?.state.facts.organization === organization;
  return isSame && view.identity.status === 'matched' ? view.identity.instance : null;
}
