import { describeConnectorFuzz } from '../../../test/contract/fuzz-contract.ts';
import { describeFleetContract } from '../../../test/contract/fleet-contract.ts';
import {
  createVendorWorld,
  type VendorHandler,
  type World,
  type WorldDevice,
  type WorldFleet,
} from '../../../test/contract/vendor-world.ts';

const uidOf = (id: string): string => `00000000-0000-4000-8000-${id.padStart(12, '0')}`;

const milliseconds = (at: number | undefined): number | null => (at === undefined ? null : at * 1000);

function device(facts: WorldDevice, { organizations }: WorldFleet) {
  return {
    uid: uidOf(facts.id),
    siteUid: uidOf(facts.organization),
    siteName: organizations.find(({ id }) => id === facts.organization)?.name ?? null,
    hostname: facts.name,
    domain: 'acme.local',
    intIpAddress: '10.0.0.1',
    operatingSystem: 'Microsoft Windows Server 2022 Standard 10.0.20348',
    online: true,
    deleted: false,
    lastSeen: milliseconds(facts.lastSeenAt),
    lastReboot: milliseconds(facts.lastBootAt),
    rebootRequired: facts.rebootPending ?? false,
    patchManagement: { patchStatus: 'FullyPatched', patchesApprovedPending: 0, patchesNotApproved: 0 },
  };
}

/** Small pages, so that every walk has several. */
const pageSize = 2;

const handle: VendorHandler = ({ path, query }, fleet) => {
  if (path === '/auth/oauth/token') return { access_token: 'token', expires_in: 1e9 };
  if (path !== '/api/v2/account/devices') return undefined;
  const page = Number(query.get('page') ?? 0);
  const devices = fleet.devices.slice(page * pageSize, (page + 1) * pageSize).map((facts) => device(facts, fleet));
  const more = fleet.devices.length > (page + 1) * pageSize;
  const nextPageUrl = more ? `https://rmm.example${path}?max=250&page=${String(page + 1)}` : null;
  return { pageDetails: { count: devices.length, totalCount: fleet.devices.length, nextPageUrl }, devices };
};

const createWorld = (): World =>
  createVendorWorld({
    type: 'datto-rmm',
    options: {
      baseUrl: 'https://rmm.example',
      apiKey: 'key',
      apiSecret: 'secret',
      http: { timeoutSeconds: 0.05, burst: 1000 },
    },
    handle,
    tokenPaths: ['/auth/oauth/token'],
    vendorIdOf: uidOf,
    organizationIdOf: (uid) => uid.replace(/^.*-0*/, ''),
  });

describeFleetContract({ type: 'datto-rmm', createWorld, http: true, paged: true });
describeConnectorFuzz('datto-rmm', createWorld, { part: 0.5 });
