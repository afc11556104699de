import type { Fleet } from './fleet.ts';
import { organizationIdOf, organizationIndexOf } from './organizations.ts';
import type { Rows } from './rows.ts';
import type { WebhookParts } from './webhook.ts';

/** What a webhook adds to an activity: the device, organization and location it is about. */
export function expandReferences(fleet: Fleet, rows: Rows): Pick<WebhookParts, 'organizationIdOf' | 'expand'> {
  const deviceOf = (deviceId: number | undefined) => (deviceId === undefined ? undefined : fleet.find(deviceId));
  return {
    organizationIdOf: ({ deviceId }) => {
      const device = deviceOf(deviceId);
      return device && organizationIdOf(device.organizationIndex);
    },
    expand: ({ deviceId }, what) => {
      const device = deviceOf(deviceId);
      if (device === undefined) return {};
      const row = rows.device(device);
      const index = organizationIndexOf(row.organizationId);
      const references = {
        device: () => row,
        organization: () => fleet.organization(index),
        location: () => fleet.organizationDetailed(index).locations.find(({ id }) => id === row.locationId) ?? null,
      };
      return Object.fromEntries(what.map((name) => [name, references[name]()]));
    },
  };
}
