import type { DeviceKey } from '../../domain/device.ts';
import type { DeviceView, FleetView } from '../../fleet/fleet-view.ts';
import type { OrganizationScope } from '../../store/patch-store.ts';
import { notFound } from './problem.ts';

export function inScope(scope: OrganizationScope, organization: string | undefined): boolean {
  return scope === 'all' || (organization !== undefined && scope.includes(organization));
}

/** What two limits allow together. */
export function intersect(a: OrganizationScope, b: OrganizationScope): OrganizationScope {
  if (a === 'all') return b;
  return b === 'all' ? a : a.filter((organization) => b.includes(organization));
}

/** The devices a caller may see, narrowed to one organization where asked; an organization out of scope is empty. */
export function* visibleDevices(
  fleet: FleetView,
  scope: OrganizationScope,
  organization?: string,
): Generator<DeviceView> {
  for (const name of visibleOrganizations(fleet, scope))
    if (organization === undefined || name === organization) yield* fleet.devices(name);
}

export function visibleOrganizations(fleet: FleetView, scope: OrganizationScope): readonly string[] {
  return fleet.organizations().filter((name) => inScope(scope, name));
}

/** Throws the same 404 for a device that does not exist and one of another organization. */
export function visibleDevice(fleet: FleetView, scope: OrganizationScope, key: DeviceKey): DeviceView {
  const view = fleet.get(key);
  if (view === undefined || !inScope(scope, view.state.facts.organization)) throw notFound('device');
  return view;
}
