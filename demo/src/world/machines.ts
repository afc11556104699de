import { createSimulator, type Simulator } from '../../../simulators/ninjaone/src/simulator.ts';
import { startTarget, type DeviceTarget } from '../../../testbed/src/index.ts';
import { factor } from '../scale.ts';
import { everyHost, instanceOf, organization, type Host } from './hosts.ts';

/** Called at the instant a machine stops or starts to answer. */
export interface MachineListener {
  wentDown(host: Host): void;
  cameBack(host: Host): void;
}

export interface PatchOrder {
  readonly update: string;
  /** False: the machine stays away until somebody boots it. */
  readonly comesBack: boolean;
}

/** The machines of the story. Each is one device of the simulated NinjaOne and one real scrape target, coupled. */
export interface Machines {
  readonly ninjaUrl: string;
  /** Instance → `host:port`. */
  readonly targets: ReadonlyMap<string, string>;
  patch(host: Host, order: PatchOrder): void;
  /** No patch, no order, no warning. */
  pullThePlug(host: Host): void;
  /** Somebody presses the button: it answers again, freshly booted, as RMM and Prometheus see. */
  powerOn(host: Host): void;
  breakService(host: Host): void;
  repairService(host: Host): void;
  close(): Promise<void>;
}

export async function startMachines(listener: MachineListener): Promise<Machines> {
  const targets = new Map<Host, DeviceTarget>();
  for (const host of everyHost) {
    const services = { [host.service]: true };
    const booted = nowSeconds() - 30 * 86_400;
    const target = await startTarget({
      nodename: host.name,
      flavour: host.flavour,
      bootTimeUnixSeconds: booted,
      services,
    });
    targets.set(host, target);
  }
  const targetOf = (host: Host): DeviceTarget => {
    const target = targets.get(host);
    if (target === undefined) throw new Error(`${host.name} has no target`);
    return target;
  };

  const simulator = createSimulator({
    devices: everyHost.length,
    organizations: 1,
    organizationNames: [organization.name],
    named: everyHost.map(({ name, flavour }) => ({
      systemName: name,
      nodeClass: flavour === 'windows' ? ('WINDOWS_SERVER' as const) : ('LINUX_SERVER' as const),
    })),
    historyActivities: 0,
    timeScale: 1 / factor,
    timings: { scanSeconds: 30, perPatchSeconds: 60, rebootDelaySeconds: 30, shutdownSeconds: 60, downSeconds: 300 },
    hooks: {
      onDown: (id) => {
        const host = hostOf(simulator, id);
        void targetOf(host).down();
        listener.wentDown(host);
      },
      onUp: (id) => {
        const host = hostOf(simulator, id);
        void targetOf(host).up({ bootTimeUnixSeconds: nowSeconds() });
        listener.cameBack(host);
      },
    },
  });
  const deviceOf = (host: Host) => {
    const index = everyHost.indexOf(host);
    return simulator.fleet.identity(index);
  };
  const running = await simulator.listen();

  return {
    ninjaUrl: running.url,
    targets: new Map([...targets].map(([host, { address }]) => [instanceOf(host), address])),
    patch: (host, { update, comesBack }) => {
      simulator.machines.patchNight(deviceOf(host), {
        variant: comesBack ? 'planned' : 'stuck',
        kbs: [update],
        atUnixSeconds: nowSeconds(),
      });
    },
    pullThePlug: (host) => {
      simulator.machines.goOffline(deviceOf(host));
    },
    powerOn: (host) => {
      simulator.machines.boot(deviceOf(host));
    },
    breakService: (host) => {
      targetOf(host).setService(host.service, false);
    },
    repairService: (host) => {
      targetOf(host).setService(host.service, true);
    },
    close: async () => {
      await running.close();
      await Promise.all([...targets.values()].map((target) => target.down()));
    },
  };
}

function nowSeconds(): number {
  return Date.now() / 1000;
}

function hostOf(simulator: Simulator, id: number): Host {
  const index = everyHost.findIndex((_, candidate) => simulator.fleet.identity(candidate).id === id);
  const host = everyHost[index];
  if (host === undefined) throw new Error(`the simulator speaks of device ${String(id)}, which is not in the story`);
  return host;
}
