import { describeConnectorFuzz } from '../../../test/contract/fuzz-contract.ts';
import { describeFleetContract } from '../../../test/contract/fleet-contract.ts';
import {
  createVendorWorld,
  type VendorHandler,
  type World,
  type WorldDevice,
  type WorldFleet,
  worldStart,
} from '../../../test/contract/vendor-world.ts';

/** The server's own form: no zone, here in UTC. */
const local = (at: number | undefined): string =>
  at === undefined ? '0001-01-01T00:00:00' : new Date(at * 1000).toISOString().slice(0, 19);

function computer(device: WorldDevice, { organizations }: WorldFleet) {
  const { id, name, organization, lastSeenAt, lastBootAt, rebootPending } = device;
  return {
    Id: id,
    ComputerName: name,
    FriendlyName: null,
    Type: 'Server',
    Client: { Id: organization, Name: organizations.find((client) => client.id === organization)?.name ?? null },
    Location: { Id: '22', Name: 'Portside' },
    OperatingSystemName: 'Microsoft Windows Server 2019 Standard x64',
    OperatingSystemVersion: '10.0.17763.6189',
    DomainName: 'harbor.local',
    LocalIPAddress: '10.31.0.8',
    RemoteAgentLastContact: local(lastSeenAt),
    LastStartup: local(lastBootAt),
    IsRebootNeeded: rebootPending ?? false,
    AssetTag: 'ring=2',
    SystemUptime: 10_660,
  };
}

const update = (installedAt: number) => ({
  MicrosoftUpdateId: 'c2f0',
  Title: '2026-07 Cumulative Update',
  KnowledgeBaseId: 5040437,
  Category: 'Security Updates',
  Severity: 'Critical',
  IsInstalled: true,
  IsFailed: false,
  InstallDate: local(installedAt),
  PolicyApproval: { Id: 1, Name: 'Approved' },
  Cvss: 8.8,
});

/** Rows as the flat spelling asks for them. */
function listed(rows: readonly Record<string, unknown>[], query: URLSearchParams) {
  const fields = query.get('includeFields')?.split(',');
  const after = /^Id > (\d+)$/.exec(query.get('condition') ?? '')?.[1];
  return rows
    .filter(({ Id }) => after === undefined || Number(Id) > Number(after))
    .slice(0, Number(query.get('pageSize') ?? 25))
    .map((row) => Object.fromEntries(Object.entries(row).filter(([key]) => fields?.includes(key) ?? true)));
}

const handle: VendorHandler = ({ path, query }, fleet) => {
  if (path === '/cwa/api/v1/apitoken') return { AccessToken: 'token' };
  if (path === '/cwa/api/v1/DatabaseServerTime') return JSON.stringify(local(serverNow));
  if (path === '/cwa/api/v1/Computers')
    return listed(
      fleet.devices.map((device) => computer(device, fleet)),
      query,
    );
  const [, id, list] = /^\/cwa\/api\/v1\/Computers\/(\d+)\/(\w+)$/.exec(path) ?? [];
  const device = fleet.devices.find((candidate) => candidate.id === id);
  if (device === undefined) return undefined;
  if (list === 'PatchingStats') return { NoPatchInventory: false, MissingPatchCount: 0 };
  return listed(device.installedAt === undefined ? [] : [update(device.installedAt)], query);
};

/** Of the world that was made last: its server keeps time with it. */
let serverNow = worldStart;

function createWorld(): World {
  const world = createVendorWorld({
    type: 'connectwise-automate',
    options: {
      baseUrl: 'https://automate.example',
      clientId: '11111111-2222-4333-8444-555555555555',
      userName: 'integrator',
      userPassword: 'secret',
      timeZone: 'UTC',
      http: { timeoutSeconds: 0.05, burst: 1000, requestsPerSecond: 1000 },
    },
    handle: (request, fleet) => {
      serverNow = world.time.now;
      return handle(request, fleet);
    },
    tokenPaths: ['/cwa/api/v1/apitoken', '/cwa/api/v1/apitoken/refresh'],
  });
  return world;
}

describeFleetContract({ type: 'connectwise-automate', createWorld, http: true, paged: true });
describeConnectorFuzz('connectwise-automate', createWorld);
