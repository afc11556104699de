import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createSimulator, DEFAULT_CLIENT, type RunningSimulator, type Simulator } from '@patchhaven/ninjaone-simulator';
import { createWorkFolder } from '../../../../testbed/src/index.ts';
import type { StackDevice } from './devices.ts';

/** A simulated NinjaOne whose machines are the stack's: what goes down there stops answering here. */
export interface Rmm {
  readonly simulator: Simulator;
  /** The entry of the exporter's `sources`. */
  readonly source: object;
  /** The simulator's one organization, for the exporter's `organizations`. */
  readonly organizationId: number;
  /** Ties its machines to the targets, which start after it. */
  follow(devices: readonly StackDevice[]): void;
  patchNight(device: StackDevice, variant: 'planned' | 'stuck' | 'no-events' | 'never-rebooted', kb?: string): void;
  /** What its agent will report of a Windows service. */
  setService(device: StackDevice, name: string, state: 'RUNNING' | 'STOPPED'): void;
  close(): Promise<void>;
}

/** A patch night at our scale: down for longer than HostDown needs to page, and back within the budget. */
const timings = { scanSeconds: 0.2, perPatchSeconds: 0.3, rebootDelaySeconds: 1, shutdownSeconds: 0.2, downSeconds: 9 };

export async function startRmm(id: string, names: readonly string[]): Promise<Rmm> {
  const targets = new Map<number, StackDevice>();
  const simulator = createSimulator({
    devices: names.length,
    organizations: 1,
    named: names.map((systemName) => ({ systemName, nodeClass: 'WINDOWS_SERVER' })),
    timings,
    contactSeconds: 0.2,
    historyActivities: 0,
    hooks: {
      onDown: (device) => void targets.get(device)?.target.down(),
      onUp: (device) => void targets.get(device)?.target.up({ bootTimeUnixSeconds: Date.now() / 1000 }),
    },
  });
  const clientSecretFile = path.join(createWorkFolder('rmm'), 'client-secret');
  writeFileSync(clientSecretFile, DEFAULT_CLIENT.secret);
  const identities = names.map((_name, index) => simulator.fleet.identity(index));
  const identityOf = ({ name }: StackDevice) => {
    const identity = identities.find(({ systemName }) => systemName === name);
    if (identity === undefined) throw new Error(`the RMM does not know ${name}`);
    return identity;
  };
  const running: RunningSimulator = await simulator.listen();
  return {
    simulator,
    source: {
      id,
      type: 'ninjaone',
      interval: '1m',
      events_interval: '2s',
      orders: { enabled: true },
      options: {
        baseUrl: running.url,
        clientId: DEFAULT_CLIENT.id,
        clientSecretFile,
        http: { timeoutSeconds: 5, requestsPerSecond: 1000, burst: 1000 },
      },
    },
    organizationId: simulator.fleet.organization(0).id,
    follow: (devices) => {
      for (const identity of identities) {
        const device = devices.find(({ name }) => name === identity.systemName);
        if (device !== undefined) targets.set(identity.id, device);
      }
    },
    setService: (device, name, state) => {
      if (!simulator.machines.setService(identityOf(device), name, state)) throw new Error(`no service ${name}`);
    },
    patchNight: (device, variant, kb = 'KB5041160') => {
      simulator.machines.patchNight(identityOf(device), { variant, kbs: [kb], atUnixSeconds: Date.now() / 1000 });
    },
    close: () => running.close(),
  };
}
