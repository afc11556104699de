import { describeConnectorFuzz } from '../../../test/contract/fuzz-contract.ts';
import { describeFleetContract } from '../../../test/contract/fleet-contract.ts';
import { describeHealthContract } from '../../../test/contract/health-contract.ts';
import {
  createVendorWorld,
  type VendorHandler,
  type World,
  type WorldDevice,
  type WorldFleet,
  type WorldHealth,
} from '../../../test/contract/vendor-world.ts';

const vendorIdOf = (id: string): string => `agent-${id.padStart(20, '0')}`;

const iso = (at: number | undefined): string | null => (at === undefined ? null : new Date(at * 1000).toISOString());

/** `07 16 2026 02:41`, here in UTC. */
function installDate(at: number): string {
  const [year = '', month = '', day = '', hour = '', minute = ''] = new Date(at * 1000).toISOString().split(/[-T:]/);
  return `${month} ${day} ${year} ${hour}:${minute}`;
}

function agent(device: WorldDevice, { organizations }: WorldFleet) {
  const { id, name, organization, lastSeenAt, lastBootAt, rebootPending } = device;
  return {
    agent_id: vendorIdOf(id),
    hostname: name,
    client_name: organizations.find((client) => client.id === organization)?.name ?? null,
    site_name: 'HQ',
    monitoring_type: 'server',
    plat: 'windows',
    operating_system: 'Windows Server 2022 Standard, 64 bit v21H2 (build 20348.2582)',
    local_ips: '10.0.0.1',
    needs_reboot: rebootPending ?? false,
    has_patches_pending: false,
    last_seen: iso(lastSeenAt),
    boot_time: lastBootAt ?? 0,
  };
}

const update = (installedAt: number) => ({
  guid: 'guid-1',
  kb: 'KB5040437',
  title: '2026-07 Cumulative Update',
  severity: 'Critical',
  installed: true,
  action: 'approve',
  result: 'success',
  date_installed: installDate(installedAt),
  categories: ['Security Updates'],
});

const serviceWords = { good: 'running', bad: 'stopped', odd: 'hibernating' } as const;
const service = ({ name, state }: WorldHealth) => ({
  name,
  status: serviceWords[state],
  display_name: name,
  start_type: 'Automatic',
});

const checkWords = { good: 'passing', bad: 'failing', odd: 'snoozing' } as const;
const check = ({ name, state, observedAt }: WorldHealth) => ({
  check_type: 'script',
  name: null,
  readable_desc: name,
  check_result: { status: checkWords[state], last_run: iso(observedAt) },
});

const handle: VendorHandler = ({ path, query }, fleet) => {
  const { organizations, devices } = fleet;
  if (path === '/clients/') return organizations.map(({ id, name }) => ({ id: Number(id), name, sites: [] }));
  if (path === '/agents/')
    return devices
      .filter(({ organization }) => organization === query.get('client'))
      .map((device) => agent(device, fleet));
  const [, kind, agentId] = /^\/(services|agents)\/([^/]+)\/(?:checks\/)?$/.exec(path) ?? [];
  const ofHealth = devices.find(({ id }) => vendorIdOf(id) === agentId);
  if (kind !== undefined) return kind === 'services' ? ofHealth?.health?.map(service) : ofHealth?.health?.map(check);
  const updatesOf = devices.find(({ id }) => path === `/winupdate/${vendorIdOf(id)}/`);
  if (updatesOf === undefined) return undefined;
  return updatesOf.installedAt === undefined ? [] : [update(updatesOf.installedAt)];
};

const createWorld = (): World =>
  createVendorWorld({
    type: 'tactical-rmm',
    options: {
      baseUrl: 'https://api.rmm.example',
      apiKey: 'key',
      timeZone: 'UTC',
      http: { timeoutSeconds: 0.05, burst: 1000, requestsPerSecond: 1000 },
    },
    handle,
    vendorIdOf,
  });

describeFleetContract({ type: 'tactical-rmm', createWorld, http: true, paged: false });
describeConnectorFuzz('tactical-rmm', createWorld);
describeHealthContract({ type: 'tactical-rmm', createWorld, what: 'services', dated: false });
describeHealthContract({ type: 'tactical-rmm', createWorld, what: 'checks', dated: true });
