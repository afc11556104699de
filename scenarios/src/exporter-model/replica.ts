import { createIngest } from '../../../exporter/src/app/ingest.ts';
import { restoreSources } from '../../../exporter/src/app/restore-sources.ts';
import { restoreWindows } from '../../../exporter/src/app/restore-windows.ts';
import { createSink } from '../../../exporter/src/app/sink.ts';
import { createWindows } from '../../../exporter/src/app/windows.ts';
import { createCollector, type Collector } from '../../../exporter/src/collection/collector.ts';
import { noCapabilities } from '../../../exporter/src/domain/capabilities.ts';
import { deviceKey } from '../../../exporter/src/domain/device.ts';
import type { Policy } from '../../../exporter/src/domain/policy.ts';
import type { Clock } from '../../../exporter/src/domain/time.ts';
import { EventLog, restoreFleet } from '../../../exporter/src/fleet/event-log.ts';
import { Fleet } from '../../../exporter/src/fleet/fleet.ts';
import { operatorSource, SourceBoard } from '../../../exporter/src/fleet/source-board.ts';
import type { IngestResult } from '../../../exporter/src/http/deps.ts';
import { SuppressionController } from '../../../exporter/src/watcher/controller.ts';
import { Lookups } from '../../../exporter/src/watcher/lookups.ts';
import type { PrometheusClient } from '../../../exporter/src/watcher/prometheus-client.ts';
import { Verifier } from '../../../exporter/src/watcher/verifier.ts';
import { Watcher } from '../../../exporter/src/watcher/watcher.ts';
import type { Delivery, Scenario } from '../generator/scenario.ts';
import type { createMemoryStore } from './memory-store.ts';
import { createRmm, rmmSource } from './rmm.ts';

const snapshotSeconds = 300;
const eventsSeconds = 60;
const lookupTimeoutSeconds = 20;

export interface ReplicaOptions {
  readonly scenario: Scenario;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly client: PrometheusClient;
  readonly store: ReturnType<typeof createMemoryStore>;
  readonly isRmmDown: () => boolean;
}

const declaration = {
  id: rmmSource,
  type: 'model',
  capabilities: { ...noCapabilities, snapshots: true, events: true, lookup: true },
  snapshotIntervalSeconds: snapshotSeconds,
  eventsIntervalSeconds: eventsSeconds,
};
const silentLog = { info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * One running exporter: the product's own parts, wired as its runtime wires them, over a store that outlives it. A
 * restart is a new replica on the same store. Periodic work happens in `turn`, so that virtual time can wait for it.
 */
export class Replica {
  readonly fleet: Fleet;
  readonly #options: ReplicaOptions;
  readonly #log: EventLog;
  readonly #controller: SuppressionController;
  readonly #watcher: Watcher;
  readonly #verifier: Verifier;
  readonly #collector: Collector;
  readonly #ingest: ReturnType<typeof createIngest>;
  readonly #windows: ReturnType<typeof createWindows>;
  readonly #sources: SourceBoard;
  readonly #running: Promise<unknown>[] = [];
  readonly #signal = new AbortController().signal;
  #nextSnapshotAt = 0;
  #nextEventsAt = 0;
  #nextRoundAt = 0;
  #matched = 0;

  private constructor(options: ReplicaOptions) {
    const { clock, store, client, scenario } = options;
    this.#options = options;
    const policy = (): Policy => options.policy;
    const sources = new SourceBoard();
    sources.declare([declaration]);
    this.fleet = new Fleet({ clock, sources, policy: () => options.policy.compliance, perOrganization: () => true });
    this.#log = new EventLog(store, this.fleet);
    const { fleet } = this;
    const sink = createSink({
      fleet,
      log: this.#log,
      store,
      sources,
      groups: () => [],
      flushOrganizations: () => Promise.resolve(),
      onRun: () => undefined,
    });
    const connector = createRmm(scenario, options.isRmmDown);
    this.#collector = createCollector({ connector, sink, clock, log: silentLog });
    const lookups = new Lookups((key) => this.#lookUp(key), clock, {
      concurrency: 8,
      againAfterSeconds: lookupTimeoutSeconds,
    });
    this.#controller = new SuppressionController({
      clock,
      store,
      fleet,
      sources,
      policy,
      recorder: { decision: () => undefined, windowClosed: () => undefined },
      requestLookup: (device) => {
        lookups.request(device);
      },
    });
    this.#log.onFolded((devices) => {
      this.#controller.noteChanged(devices);
    });
    this.#watcher = new Watcher({
      clients: () => [client],
      fleet,
      controller: this.#controller,
      options: () => ({ downAlerts: [], jobs: ['node'] }),
      onPoll: () => undefined,
    });
    this.#verifier = new Verifier({
      clock,
      clients: () => [client],
      controller: this.#controller,
      stateOf: (key) => fleet.state(key),
      checks: () => [serviceCheck],
      baseline: () => ({ enabled: false, fromRmm: false, ignore: [] }),
      health: { can: () => false, read: () => Promise.resolve({ source: '' }) },
      clockSkewSeconds: () => options.policy.clockSkewSeconds,
      onError: () => undefined,
    });
    this.#ingest = createIngest({
      clock,
      fleet,
      log: this.#log,
      pushSources: () => new Set(),
      policy,
      onResult: () => undefined,
    });
    this.#windows = createWindows({ clock, fleet, log: this.#log, store, controller: this.#controller, policy });
    this.#sources = sources;
  }

  /** Brings the fleet to the end of the log and closes what ran out meanwhile, as the runtime does before it serves. */
  static async start(options: ReplicaOptions): Promise<Replica> {
    const replica = new Replica(options);
    await restoreSources(replica.#sources, options.store, [declaration]);
    await restoreFleet(options.store, replica.fleet);
    const { clock, store } = options;
    await replica.#controller.settleAfterStart(await restoreWindows({ clock, store, fleet: replica.fleet }));
    replica.#match();
    return replica;
  }

  /** One turn of everything periodic: reads of the vendor, checks, then a look at the alerts. */
  async turn(): Promise<void> {
    const now = this.#options.clock.now();
    if (now >= this.#nextSnapshotAt) {
      this.#nextSnapshotAt = now + snapshotSeconds;
      await this.#collector.snapshot(this.#signal);
      this.#match();
    }
    if (now >= this.#nextEventsAt) {
      this.#nextEventsAt = now + eventsSeconds;
      await this.#collector.events(this.#signal);
      this.fleet.refresh(this.fleet.size);
    }
    if (now >= this.#nextRoundAt) {
      this.#nextRoundAt = now + this.#options.policy.verification.intervalSeconds;
      await this.#verifier.round();
    }
    await this.#watcher.poll();
    await this.#settle();
  }

  /** Hands in a posted event as the API would; without a token it never gets this far. */
  async post(delivery: Delivery): Promise<IngestResult | undefined> {
    const { device, event, forgery, id } = delivery;
    const owner = this.#options.scenario.devices.find((known) => known.id === device)?.organization ?? '';
    if (forgery === 'unauthenticated') return undefined;
    const organization = forgery === 'other_organization' ? `not-${owner}` : owner;
    const { occurredAt, ...body } = event;
    const [result] = await this.#ingest.ingest([
      { ...body, id, occurredAt, organization, device: deviceKey(rmmSource, device) },
    ]);
    return result;
  }

  /** What an operator does by hand: plans a window, or ends the one that is planned. */
  async operate({ device, event }: Delivery): Promise<void> {
    const key = deviceKey(rmmSource, device);
    if (event.type === 'maintenance.planned') {
      const { start, end, reason, owner } = event.data;
      await this.#windows.open({ devices: [key], start, end, reason }, owner);
    }
    if (event.type !== 'maintenance.ended') return;
    for (const plan of this.fleet.state(key)?.planned ?? [])
      if (plan.source === operatorSource) await this.#windows.cancel(plan.id, 'taken back', plan.owner);
  }

  /** An operator ends the open quiet window of a device. */
  async cancel(device: string): Promise<void> {
    const key = deviceKey(rmmSource, device);
    const window = this.fleet.openWindows().find((open) => open.kind === 'quiet' && open.device === key);
    if (window !== undefined) await this.#windows.cancel(window.id, 'operator', 'working on it');
  }

  #match(): void {
    if (this.#matched === this.fleet.size) return;
    this.#matched = this.fleet.size;
    this.fleet.setIdentities(
      new Map(
        this.#options.scenario.devices.map(({ id, instance }) => [
          deviceKey(rmmSource, id),
          { status: 'matched', instance, by: 'mapping' },
        ]),
      ),
    );
  }

  #lookUp(key: string): Promise<void> {
    const read = this.#collector.lookup(key.slice(rmmSource.length + 1), this.#signal).then(() => undefined);
    this.#running.push(read);
    return read;
  }

  async #settle(): Promise<void> {
    // A lookup starts in a microtask of its limiter.
    await Promise.resolve();
    while (this.#running.length > 0) await Promise.all(this.#running.splice(0));
  }
}

const serviceCheck = {
  name: 'service',
  question: { query: 'app_service_running{instance="{{instance}}",organization="{{organization}}"}' },
  onlyIfRunningBefore: false,
  appliesTo: () => true,
};
