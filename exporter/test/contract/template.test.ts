import { describeFleetContract } from './fleet-contract.ts';
import { describeConnectorFuzz } from './fuzz-contract.ts';
import { templateConnector } from './template-connector.ts';
import { createVendorWorld, type VendorHandler, type World } from './vendor-world.ts';

const iso = (at: number | undefined): string | null => (at === undefined ? null : new Date(at * 1000).toISOString());

/** The vendor, as far as the connector asks it. */
const handle: VendorHandler = ({ path, query }, { organizations, devices }) => {
  if (path !== '/machines') return undefined;
  const rows = devices.map((device) => ({
    id: Number(device.id),
    customerId: Number(device.organization),
    customerName: organizations.find(({ id }) => id === device.organization)?.name ?? null,
    name: device.name,
    lastSeen: iso(device.lastSeenAt),
    bootedAt: iso(device.lastBootAt),
    rebootNeeded: device.rebootPending ?? false,
  }));
  return rows.filter(({ id }) => id > Number(query.get('after') ?? 0)).slice(0, Number(query.get('limit')));
};

const createWorld = (): World =>
  createVendorWorld({
    type: 'template',
    definition: templateConnector,
    options: { baseUrl: 'https://rmm.example', apiKey: 'key', http: { timeoutSeconds: 0.05, burst: 1000 } },
    handle,
  });

describeFleetContract({ type: 'the connector of the recipe', createWorld, http: true, paged: true });
describeConnectorFuzz('the connector of the recipe', createWorld, { part: 0.1 });
