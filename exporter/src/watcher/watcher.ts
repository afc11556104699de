import type { DeviceKey } from '../domain/device.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { SuppressionController } from './controller.ts';
import { readOutages, type OutageRules } from './outages.ts';
import { promqlAnyOf } from '../domain/promql.ts';
import type { PrometheusClient } from './prometheus-client.ts';

export interface WatcherOptions {
  readonly downAlerts: readonly string[];
  /** Jobs whose `up` or `probe_success` says whether a machine answers. */
  readonly jobs: readonly string[];
}

export interface WatcherDeps {
  readonly clients: () => readonly PrometheusClient[];
  readonly fleet: Fleet;
  readonly controller: SuppressionController;
  readonly options: () => WatcherOptions;
  /** Told after every poll; `ok` only when every Prometheus answered. */
  readonly onPoll: (ok: boolean) => void;
}

/** Looks at Prometheus' alerts and hands what it saw to the controller. One poll at a time. */
export class Watcher {
  readonly #deps: WatcherDeps;

  constructor(deps: WatcherDeps) {
    this.#deps = deps;
  }

  async poll(): Promise<void> {
    const errors: unknown[] = [];
    const clients = this.#deps.clients();
    const alerts = (
      await settled(
        clients.map((client) => client.alerts()),
        errors,
      )
    ).flat();
    const outages = readOutages(alerts, this.#rules()).byDevice;
    const up = await this.#answering(clients, outages, errors);
    // The step runs whatever failed above: ends and deadlines hold without Prometheus.
    await this.#deps.controller.step({ outages, up, complete: errors.length === 0 });
    this.#deps.onPoll(errors.length === 0);
  }

  #rules(): OutageRules {
    const { downAlerts } = this.#deps.options();
    return {
      downAlerts: new Set(downAlerts),
      deviceOf: (organization, instance) => this.#deps.fleet.byInstance(organization, instance)?.state.key,
    };
  }

  /** Asks only for devices whose return somebody waits for. */
  async #answering(
    clients: readonly PrometheusClient[],
    outages: ReadonlyMap<DeviceKey, unknown>,
    errors: unknown[],
  ): Promise<ReadonlySet<DeviceKey>> {
    const waiting = this.#deps.controller.awaited().filter(({ device }) => !outages.has(device));
    if (waiting.length === 0) return new Set();
    const instances = [...new Set(waiting.map(({ instance }) => instance))];
    const { jobs } = this.#deps.options();
    const queries = clients.map((client) => client.query(upQuery(instances, jobs, client.organizationLabel)));
    const samples = (await settled(queries, errors)).flat();
    const seen = new Map<DeviceKey, boolean>();
    for (const { organization, labels, value } of samples) {
      const device = this.#deps.fleet.byInstance(organization, labels['instance'] ?? '')?.state.key;
      // Two servers that disagree: the one that says "down" is believed.
      if (device !== undefined) seen.set(device, (seen.get(device) ?? true) && value === 1);
    }
    return new Set(waiting.map(({ device }) => device).filter((device) => seen.get(device) === true));
  }
}

/** 1 where everything that watches the machine says that it answers, 0 where anything says that it does not. */
function upQuery(instances: readonly string[], jobs: readonly string[], organizationLabel: string | null): string {
  const by = organizationLabel === null ? 'instance' : `${organizationLabel}, instance`;
  const selector = `__name__=~"up|probe_success", job=~${promqlAnyOf(jobs)}, instance=~${promqlAnyOf(instances)}`;
  return `min by (${by}) ({${selector}})`;
}

/** Results of the promises that kept their word; the reasons of the others go to `errors`. */
async function settled<T>(promises: readonly Promise<T>[], errors: unknown[]): Promise<T[]> {
  const results = await Promise.allSettled(promises);
  return results.flatMap((result) => {
    if (result.status === 'fulfilled') return [result.value];
    errors.push(result.reason);
    return [];
  });
}
