import { parseArgs } from 'node:util';
import type { SimulatorClock } from './clock.ts';
import type { Faults } from './faults.ts';
import type { SimulatedFleet } from './fleet.ts';
import type { VendorServer, VendorServerOptions } from './server.ts';

export interface BaseOptions {
  readonly devices?: number;
  readonly organizations?: number;
  readonly clock?: SimulatorClock;
  readonly rateLimit?: VendorServerOptions['rateLimit'];
}

export interface Simulator extends Pick<VendorServer, 'requests' | 'listen'> {
  readonly fleet: SimulatedFleet;
  readonly faults: Faults;
}

/** The command line every simulator has: starts it, says where, and stops on a signal. */
export async function runMain(create: (options: BaseOptions) => Simulator): Promise<void> {
  const string = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { listen: string, devices: string, organizations: string, 'requests-per-second': string },
  });
  const [host = '127.0.0.1', port = '0'] = (values.listen ?? '127.0.0.1:0').split(':');
  const perSecond = values['requests-per-second'] === undefined ? undefined : Number(values['requests-per-second']);
  const simulator = create({
    devices: Number(values.devices ?? 50),
    organizations: Number(values.organizations ?? 3),
    ...(perSecond === undefined ? {} : { rateLimit: { burst: perSecond * 2, perSecond } }),
  });
  const running = await simulator.listen(Number(port), host);
  process.stdout.write(`listening on ${running.url}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void running.close());
}
