import { describe, expect, it } from 'vitest';
import { describeConnectorFuzz } from '../../../test/contract/fuzz-contract.ts';
import { describeFleetContract } from '../../../test/contract/fleet-contract.ts';
import { describeHealthContract } from '../../../test/contract/health-contract.ts';
import {
  createVendorWorld,
  worldStart,
  type VendorHandler,
  type World,
  type WorldDevice,
  type WorldHealth,
} from '../../../test/contract/vendor-world.ts';

/** A page of a list that is paged by "after the last id". */
function page<T extends { readonly id: number }>(rows: readonly T[], query: URLSearchParams): readonly T[] {
  const after = Number(query.get('after') ?? -1);
  return rows.filter(({ id }) => id > after).slice(0, Number(query.get('pageSize')));
}

/** A whole report in one page, and the empty one behind it. */
function report(rows: readonly unknown[], query: URLSearchParams) {
  const name = 'c-1';
  return { cursor: { name, offset: 0, count: rows.length }, results: query.has('cursor') ? [] : rows };
}

const device = ({ id, name, organization, lastSeenAt }: WorldDevice) => ({
  id: Number(id),
  organizationId: Number(organization),
  nodeClass: 'WINDOWS_SERVER',
  approvalStatus: 'APPROVED',
  offline: false,
  displayName: name,
  systemName: name,
  lastContact: lastSeenAt,
  tags: [],
  ipAddresses: ['10.0.0.1'],
});

const operatingSystem = ({ id, lastBootAt, rebootPending }: WorldDevice) => ({
  deviceId: Number(id),
  name: 'Windows Server 2022',
  lastBootTime: lastBootAt,
  needsReboot: rebootPending ?? false,
});

const install = ({ id, installedAt }: WorldDevice) => ({
  id: `row-${id}`,
  deviceId: Number(id),
  kbNumber: 'KB5040437',
  name: '2026-07 Cumulative Update',
  severity: 'CRITICAL',
  status: 'INSTALLED',
  type: 'SECURITY_UPDATES',
  installedAt,
});

const serviceWords = { good: 'RUNNING', bad: 'STOPPED', odd: 'HIBERNATING' } as const;
const service = (deviceId: string, { name, state, observedAt }: WorldHealth) => ({
  name,
  displayName: name,
  startType: 'AUTO_START',
  state: serviceWords[state],
  deviceId: Number(deviceId),
  ...(observedAt === undefined ? {} : { timestamp: observedAt }),
});

const handle: VendorHandler = ({ path, query }, { organizations, devices }) => {
  switch (path) {
    case '/ws/oauth/token':
      return { access_token: 'token', expires_in: 1e9 };
    case '/v2/organizations':
      return page(
        organizations.map(({ id, name }) => ({ id: Number(id), name })),
        query,
      );
    case '/v2/locations':
      return [];
    case '/v2/devices-detailed':
      return page(devices.map(device), query);
    case '/v2/queries/operating-systems':
      return report(devices.map(operatingSystem), query);
    case '/v2/queries/device-health':
      return report(
        devices.map(({ id }) => ({ deviceId: Number(id), offline: false, pendingOSPatchesCount: 0 })),
        query,
      );
    case '/v2/queries/os-patches':
      return report([], query);
    case '/v2/queries/os-patch-installs':
      return report(devices.filter(({ installedAt }) => installedAt !== undefined).map(install), query);
    case '/v2/queries/windows-services': {
      const asked = devices.filter(({ id }) => query.get('df') === `id = ${id}`);
      return report(
        asked.flatMap(({ id, health }) => (health ?? []).map((one) => service(id, one))),
        query,
      );
    }
    default:
      return undefined;
  }
};

const createWorld = (): World =>
  createVendorWorld({
    type: 'ninjaone',
    options: {
      baseUrl: 'https://rmm.example',
      clientId: 'c',
      clientSecret: 's',
      http: { timeoutSeconds: 0.05, burst: 1000 },
    },
    handle,
    tokenPaths: ['/ws/oauth/token'],
  });

describeFleetContract({ type: 'ninjaone', createWorld, http: true, paged: true });
describeConnectorFuzz('ninjaone', createWorld, { part: 0.5 });
describeHealthContract({ type: 'ninjaone', createWorld, what: 'services', dated: true });

describe('services of ninjaone', () => {
  it('believes nothing of an answer that holds services of another device: the filter was ignored', async () => {
    const world = createWorld();
    const health = [{ name: 'W3SVC', state: 'good', observedAt: worldStart }] as const;
    world.fleet = {
      organizations: [{ id: '1', name: 'Acme' }],
      devices: ['101', '102'].map((id) => ({ id, name: 'host', organization: '1', health })),
    };
    world.between = (_body, { query }) =>
      report(
        ['101', '102'].map((id) => service(id, health[0])),
        query,
      );
    const context = {
      clock: { now: () => worldStart },
      signal: new AbortController().signal,
      progress: () => undefined,
    };
    await expect(world.connector.readServices?.('101', context)).rejects.toMatchObject({ kind: 'filter_ignored' });
  });
});
