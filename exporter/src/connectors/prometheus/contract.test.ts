import { describeConnectorFuzz } from '../../../test/contract/fuzz-contract.ts';
import { describeFleetContract } from '../../../test/contract/fleet-contract.ts';
import {
  createVendorWorld,
  type VendorHandler,
  type World,
  type WorldDevice,
  worldStart,
} from '../../../test/contract/vendor-world.ts';

const instanceOf = (id: string): string => `srv-${id}:9100`;
const labelsOf = ({ id, organization }: WorldDevice) => ({
  job: 'node',
  instance: instanceOf(id),
  organization: `org-${organization}`,
});

/** Devices whose last contact is older than five minutes are down and have no series. */
function seriesOf(device: WorldDevice, now: number) {
  const { name, lastBootAt, rebootPending, installedAt } = device;
  const sample = (metric: string, value: number, labels: Record<string, string> = {}) => ({
    metric: { __name__: metric, ...labelsOf(device), ...labels },
    value: [now, String(value)],
  });
  return [
    sample('node_uname_info', 1, { sysname: 'Linux', ...(name === null ? {} : { nodename: name }) }),
    ...(lastBootAt === undefined ? [] : [sample('node_boot_time_seconds', lastBootAt)]),
    sample('node_textfile_mtime_seconds', now - 30, { file: '/textfiles/patchhaven.prom' }),
    sample('patchhaven_host_generated_timestamp_seconds', now - 30),
    sample('patchhaven_host_check_success', 1, { check: 'updates' }),
    sample('patchhaven_host_metadata_timestamp_seconds', now - 3600),
    ...(rebootPending === undefined ? [] : [sample('patchhaven_host_reboot_required', rebootPending ? 1 : 0)]),
    ...(installedAt === undefined
      ? []
      : [sample('patchhaven_host_installed_timestamp_seconds', installedAt, { update: 'KB5040437' })]),
  ];
}

function createWorld(): World {
  const clock = { now: (): number => worldStart };
  const vector = (result: readonly unknown[]) => ({ status: 'success', data: { resultType: 'vector', result } });
  const handle: VendorHandler = ({ path, query }, { devices }) => {
    if (path !== '/api/v1/query') return undefined;
    const expression = query.get('query') ?? '';
    const now = clock.now();
    if (expression.startsWith('up'))
      return vector(devices.map((device) => ({ metric: { __name__: 'up', ...labelsOf(device) }, value: [now, '1'] })));
    if (expression.startsWith('timestamp(up'))
      return vector(
        devices.map((device) => ({ metric: labelsOf(device), value: [now, String(device.lastSeenAt ?? now)] })),
      );
    if (expression.startsWith('{')) {
      const asked = devices.filter(({ id }) => expression.includes(`${instanceOf(id)}`));
      return vector(asked.flatMap((device) => seriesOf(device, now)));
    }
    return vector([]);
  };
  const world = createVendorWorld({
    type: 'prometheus',
    options: {
      baseUrl: 'https://prometheus.example',
      http: { timeoutSeconds: 0.05, requestsPerSecond: 1000, burst: 1000 },
    },
    handle,
    // A device is named by whose it is: its organization is the one it was last seen in.
    vendorIdOf: (id) => {
      const organization = world.fleet.devices.find((device) => device.id === id)?.organization ?? id.slice(0, 1);
      return `org-${organization}/${instanceOf(id)}`;
    },
  });
  clock.now = () => world.time.now;
  return world;
}

describeFleetContract({ type: 'prometheus', createWorld, http: true, paged: false, moves: 'as_another' });
describeConnectorFuzz('prometheus', createWorld, { part: 0.2, freeOrganizations: true });
