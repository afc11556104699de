import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { describeConnectorFuzz } from '../../../test/contract/fuzz-contract.ts';
import { describeFleetContract } from '../../../test/contract/fleet-contract.ts';
import { type World, type WorldDevice, worldStart } from '../../../test/contract/vendor-world.ts';
import { toRfc3339 } from '../../domain/time.ts';
import { fileConnector } from './index.ts';

const directory = mkdtempSync(join(tmpdir(), 'patchhaven-file-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const asWritten = ({ id, name, organization, installedAt, ...device }: WorldDevice) => ({
  id,
  organization: `org-${organization}`,
  hostNames: name === null ? [] : [name],
  ...device,
  patches: installedAt === undefined ? [] : [{ id: 'KB5040437', status: 'installed', installedAt }],
});

/** Whatever writes the files does so right before each read. */
function createWorld(): World {
  const time = { now: worldStart };
  const connector = fileConnector.create(
    { directory },
    {
      id: 'rmm',
      organizationKey: (id) => id,
      fetch: () => Promise.reject(new Error('no network here')),
      clock: { now: () => time.now },
      sleep: () => Promise.resolve(),
      random: () => 0,
    },
  );
  const world: World = {
    time,
    fleet: { organizations: [], devices: [] },
    between: undefined,
    pausesMs: [],
    vendorIdOf: (id) => id,
    connector: {
      ...connector,
      collect: async (context) => {
        const request = {
          method: 'GET',
          path: 'fleet.json',
          query: new URLSearchParams(),
          headers: new Headers(),
          body: '',
        };
        const written = {
          format: 'patchhaven.snapshot/v1',
          generatedAt: toRfc3339(time.now),
          devices: world.fleet.devices.map(asWritten),
        };
        const body = world.between === undefined ? written : world.between(written, request);
        writeFileSync(join(directory, 'fleet.json'), JSON.stringify(body));
        if (connector.collect === undefined) throw new Error('files can be read');
        return await connector.collect(context);
      },
    },
  };
  return world;
}

describeFleetContract({ type: 'file', createWorld, http: false, paged: false });
describeConnectorFuzz('file', createWorld, { part: 0.05, freeOrganizations: true });
