import { Random } from '../generator/random.ts';
import type { Scenario, ScenarioDevice } from '../generator/scenario.ts';
import { bootTimeAt } from '../exporter-model/rmm.ts';
import type { ExposedSample, ScrapeTarget } from '../world/scrape-target.ts';
import type { World } from '../world/world.ts';

export const scrapeSeconds = 15;

interface Machine {
  readonly device: ScenarioDevice;
  readonly target: ScrapeTarget;
  readonly labels: Readonly<Record<'boot' | 'service', ExposedSample['labels']>>;
  nextAt: number;
}

/** All machines of a scenario as scrape targets, each with its own place in the scrape interval. */
export class Machines {
  readonly #scenario: Scenario;
  readonly #machines: readonly Machine[];

  constructor(scenario: Scenario, world: World) {
    const random = new Random(scenario.seed, scenario.index, 'scrapes');
    this.#scenario = scenario;
    this.#machines = scenario.devices.map((device) => {
      const target = targetLabels(device);
      return {
        device,
        target: world.addTarget(target),
        labels: {
          boot: world.labels({ ...target, __name__: 'node_boot_time_seconds' }),
          service: world.labels({ ...target, __name__: 'app_service_running' }),
        },
        nextAt: scenario.startAt + random.next() * scrapeSeconds,
      };
    });
  }

  /** The scrapes due up to `until`; while Prometheus is down they are skipped. */
  scrape(until: number, isPrometheusRunning: boolean): void {
    for (const machine of this.#machines) {
      while (machine.nextAt <= until) {
        if (isPrometheusRunning) this.#scrapeOne(machine, machine.nextAt);
        machine.nextAt += scrapeSeconds;
      }
    }
  }

  #scrapeOne({ device, target, labels }: Machine, at: number): void {
    const atMs = Math.round(at * 1000);
    if (isDown(device, at)) {
      target.fail(atMs);
      return;
    }
    const isWell = device.unhealthy === undefined || at < device.unhealthy.from || at >= device.unhealthy.to;
    const bornAt = this.#scenario.startAt - 60 * 24 * 3600;
    target.succeed(atMs, [
      { labels: labels.boot, value: bootTimeAt(device, at, bornAt) },
      { labels: labels.service, value: isWell ? 1 : 0 },
    ]);
  }
}

export function targetLabels(device: ScenarioDevice): Record<'job' | 'instance', string> & Record<string, string> {
  return {
    job: 'node',
    instance: device.instance,
    ...(device.isMislabelled ? {} : { organization: device.organization }),
    ...(device.isVital ? { tier: 'vital' } : {}),
  };
}

export function isDown({ outages }: ScenarioDevice, at: number): boolean {
  return outages.some(
    ({ downAt, upAt, answers }) =>
      downAt <= at && at < upAt && !answers.some((span) => span.from <= at && at < span.to),
  );
}
