import type { Logger } from 'pino';
import { wholeName } from '../checks/baseline.ts';
import type { Config } from '../config/schema.ts';
import type { ConnectorDefinition } from '../connectors/definition.ts';
import { ConnectorError } from '../domain/errors.ts';
import { troubleText, type PrometheusUse } from '../domain/prometheus-trouble.ts';
import type { Clock, UnixSeconds } from '../domain/time.ts';
import { EventLog, restoreFleet } from '../fleet/event-log.ts';
import { Fleet } from '../fleet/fleet.ts';
import { SourceBoard } from '../fleet/source-board.ts';
import type { EventIngest, Explain, Mappings, Orders, WatcherHealth, Webhooks, Windows } from '../http/deps.ts';
import { IdentityService } from '../identity/identity-service.ts';
import { fleetFamilies } from '../metrics/catalogue.ts';
import { createExposition, type Exposition } from '../metrics/exposition/exposition.ts';
import { createSlicer } from '../fleet/slicer.ts';
import { createSelfMetrics, type SelfMetrics } from '../metrics/self-metrics.ts';
import { OrderDesk } from '../orders/order-desk.ts';
import type { PatchStore } from '../store/patch-store.ts';
import { SuppressionController } from '../watcher/controller.ts';
import { budgetResult, LearnedBudgets } from '../watcher/learned-budgets.ts';
import { Lookups } from '../watcher/lookups.ts';
import { PrometheusBoard } from '../watcher/prometheus-board.ts';
import type { PrometheusClient } from '../watcher/prometheus-client.ts';
import { Verifier } from '../watcher/verifier.ts';
import { Watcher } from '../watcher/watcher.ts';
import { toChecks } from './checks.ts';
import { createHealthReads } from './health-reads.ts';
import { createExplain } from './explain.ts';
import { createIngest } from './ingest.ts';
import { startLoop, type Loop } from './loop.ts';
import { loadOrganizationKeys } from './organizations.ts';
import { createPrometheusClients } from './prometheus-clients.ts';
import { startPublishing } from './publishing.ts';
import { createRunRecorder, recordUnmatched } from './record-runs.ts';
import { restoreSources } from './restore-sources.ts';
import { restoreWindows } from './restore-windows.ts';
import { createSaver } from './saver.ts';
import { planSchedules } from './schedule-planner.ts';
import { createSink } from './sink.ts';
import { createSourceSet, type SourceSet } from './sources.ts';
import { createWindows } from './windows.ts';

/** The running exporter without its HTTP side. */
export interface Runtime {
  readonly fleet: Fleet;
  readonly exposition: Exposition;
  readonly self: SelfMetrics;
  readonly ingest: EventIngest;
  readonly windows: Windows;
  readonly orders: Orders;
  readonly explain: Explain;
  readonly webhooks: Webhooks;
  readonly mappings: Mappings;
  readonly watcher: () => WatcherHealth;
  readonly config: () => Config;
  /** True once the log is folded and the first pages are published. */
  readonly started: () => boolean;
  /** Puts a new configuration into effect. Throws, and keeps the old one, when it cannot be. */
  apply(config: Config): Promise<void>;
  stop(): Promise<void>;
}

export interface RuntimeDeps {
  readonly config: Config;
  readonly store: PatchStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly version: string;
  readonly types: Readonly<Record<string, ConnectorDefinition>>;
}

const sliceMs = 4;
const saveSeconds = 10;
const refreshSeconds = 5;
const scheduleSeconds = 60;
/** A full round of the fleet's age-dependent verdicts takes about this long. */
const refreshRoundSeconds = 300;

/** Matches exactly the given words; any word when there are none. */
function anyOf(words: readonly string[]): RegExp {
  const escaped = words.map((word) => word.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return words.length === 0 ? /^/ : new RegExp(`^(?:${escaped.join('|')})$`);
}

/** Builds every part from the configuration, brings the fleet to the end of the log, and starts the periodic work. */
export async function startRuntime(deps: RuntimeDeps): Promise<Runtime> {
  const { store, clock, log } = deps;
  let config = deps.config;
  let clients: readonly PrometheusClient[] = createPrometheusClients(config.prometheus);
  const policy = () => config.policy;
  const perOrganization = (): boolean => config.prometheus.some((server) => server.organizationLabel !== null);

  const self = createSelfMetrics({ organizationLabel: config.metrics.organizationLabel, version: deps.version });
  const exposition = createExposition({
    families: fleetFamilies,
    organizationLabel: config.metrics.organizationLabel,
    clock,
    limits: { namedUpdates: config.metrics.updateTopN },
  });
  const sources = new SourceBoard();
  const fleet = new Fleet({ clock, sources, policy: () => config.policy.compliance, perOrganization });
  const eventLog = new EventLog(store, fleet);
  const organizationKeys = await loadOrganizationKeys(store);
  const sink = createSink({
    fleet,
    log: eventLog,
    store,
    sources,
    groups: () => config.groups,
    flushOrganizations: () => organizationKeys.flush(),
    onRun: createRunRecorder(self),
  });
  const createSources = (from: Config): SourceSet =>
    createSourceSet(from, {
      types: deps.types,
      organizations: organizationKeys.directory(from),
      sink,
      clock,
      log,
      onProgress: (source, reading) => {
        self.sourceReading(source, reading);
        sources.setReading(source, reading);
      },
    });
  let sourceSet = createSources(config);
  sources.declare(sourceSet.declarations);
  await restoreSources(sources, store, sourceSet.declarations);

  const stopped = new AbortController();
  const lookup = async (key: string): Promise<void> => {
    const state = fleet.state(key);
    if (state === undefined) return;
    const signal = AbortSignal.any([stopped.signal, AbortSignal.timeout(config.watcher.lookupTimeoutSeconds * 1000)]);
    await sourceSet.collectors.get(state.source)?.lookup(state.facts.vendorId, signal);
  };
  const lookups = new Lookups(lookup, clock, {
    concurrency: config.watcher.lookupConcurrency,
    againAfterSeconds: config.watcher.lookupTimeoutSeconds,
  });
  const learned = new LearnedBudgets({
    clock,
    stateOf: (key) => fleet.state(key),
    policy: () => config.policy.budget,
  });
  const controller = new SuppressionController({
    learned,
    clock,
    store,
    fleet,
    sources,
    policy,
    recorder: {
      decision: (action, reason) => {
        self.decision(action, reason);
      },
      windowClosed: (window) => {
        if (window.kind !== 'quiet' || window.outcome === undefined) return;
        const mutedSeconds = (window.closedAt ?? window.endsAt) - window.openedAt;
        self.quietClosed(window.organization, window.outcome, mutedSeconds);
        const result = budgetResult(window);
        if (result !== undefined) self.learnedBudget(window.organization, result);
      },
    },
    requestLookup: (key) => {
      lookups.request(key);
    },
  });
  const prometheus = new PrometheusBoard({
    clock,
    onError: (trouble) => {
      self.prometheusError(trouble);
    },
    onTrouble: (trouble) => {
      log.warn({ ...trouble }, troubleText(trouble, trouble.server));
    },
    onEnd: ({ server, use }) => {
      log.info({ server, use }, 'Prometheus answers again');
    },
  });
  const watched = (use: PrometheusUse) => () => clients.map((client) => prometheus.watch(client, use));
  const identity = new IdentityService({
    fleet,
    store,
    clients: watched('identity'),
    options: () => ({
      map: new Map(Object.entries(config.identity.map)),
      templates: new Map(Object.entries(config.identity.templates)),
      perOrganization: perOrganization(),
      discovery: config.identity.discovery.enabled,
      jobs: anyOf(config.identity.discovery.jobs),
    }),
  });
  let alertsReadAt: UnixSeconds | undefined;
  const watcher = new Watcher({
    clients: watched('alerts'),
    fleet,
    controller,
    options: () => config.watcher,
    onPoll: (ok) => {
      if (ok) alertsReadAt = clock.now();
      self.watcherPoll({ at: clock.now(), ok });
    },
  });
  const verifier = new Verifier({
    clock,
    clients: watched('verification'),
    controller,
    stateOf: (key) => fleet.state(key),
    health: createHealthReads({
      clock,
      connectors: () => sourceSet.connectors,
      concurrency: config.watcher.lookupConcurrency,
      timeoutSeconds: () => config.watcher.lookupTimeoutSeconds,
      stopped: stopped.signal,
      onRead: (read) => {
        self.healthRead(read);
      },
      log,
    }),
    clockSkewSeconds: () => config.policy.clockSkewSeconds,
    onError: (error) => {
      log.error({ err: error }, 'a verification could not be recorded');
    },
    checks: () =>
      toChecks(config.checks, (device) => {
        const known = fleet.get(device.key)?.identity;
        return known?.status === 'matched' ? known.instance : undefined;
      }),
    baseline: () => ({
      enabled: config.policy.verification.baseline,
      fromRmm: config.policy.verification.baselineFromRmm,
      ignore: config.policy.verification.baselineIgnore.map((pattern) => wholeName([pattern])),
    }),
  });

  const publish = async (): Promise<void> => {
    const { failures } = await exposition.publish(fleet.takeChanges());
    for (const { key, error } of failures) log.error({ device: key, err: error }, 'a device could not be exposed');
  };

  const replayed = await restoreFleet(store, fleet);
  const plannedWindows = await restoreWindows({ clock, store, fleet });
  // Service discovery is answered from now on: an empty list would take every target out of Prometheus.
  await identity.match();
  await controller.settleAfterStart(plannedWindows);
  log.info({ devices: fleet.size, replayed, windows: fleet.openWindows().length }, 'the fleet is loaded');
  await publish();

  eventLog.onFolded((devices) => {
    controller.noteChanged(devices);
  });

  const discover = async (): Promise<void> => {
    await identity.discover();
    await recordUnmatched(fleet, self, createSlicer(sliceMs));
  };
  const every = (name: string, work: () => Promise<void>, intervalSeconds: () => number): Loop =>
    startLoop(work, { name, intervalSeconds, log });
  const discovery = every('discovery', discover, () => config.identity.discovery.intervalSeconds);
  const identityWanted = new Set<string>();
  eventLog.onFolded((devices) => {
    // A device that nobody has matched yet should not have to wait for the next discovery.
    for (const key of devices) if (fleet.isUnmatched(key)) identityWanted.add(key);
  });
  const matchNew = async (): Promise<void> => {
    const devices = [...identityWanted];
    identityWanted.clear();
    if (await identity.matchNew(devices)) await recordUnmatched(fleet, self, createSlicer(sliceMs));
  };
  const orders = new OrderDesk({
    clock,
    log,
    fleet,
    events: eventLog,
    connectorOf: (source) => sourceSet.connectors.get(source),
    settingsOf: (source) => sourceSet.orderSettings.get(source),
    refresh: lookup,
    stopped: stopped.signal,
  });
  orders.restore(fleet.states());
  const windowsApi = createWindows({ clock, fleet, log: eventLog, store, controller, policy });
  const schedules = every(
    'schedules',
    () =>
      planSchedules({
        clock,
        fleet,
        log: eventLog,
        store,
        windows: windowsApi,
        schedules: () => config.maintenance_schedules,
      }),
    () => scheduleSeconds,
  );
  const publishing = startPublishing(publish, log);
  fleet.onWindows(() => {
    publishing.hurry();
  });
  const loops = [
    discovery,
    schedules,
    every('match', matchNew, () => refreshSeconds),
    every(
      'orders',
      () => orders.reconcile(),
      () => refreshSeconds,
    ),
    every(
      'watcher',
      () => watcher.poll(),
      () => config.watcher.intervalSeconds,
    ),
    every(
      'verification',
      () => verifier.round(),
      () => config.policy.verification.intervalSeconds,
    ),
    every(
      'learning',
      () => learned.load(store),
      () => scheduleSeconds,
    ),
    publishing,
    every('save', createSaver(fleet, store, fleet.seq), () => saveSeconds),
    every(
      'refresh',
      () => {
        fleet.refresh(Math.ceil((fleet.size * refreshSeconds) / refreshRoundSeconds));
        return Promise.resolve();
      },
      () => refreshSeconds,
    ),
  ];
  sourceSet.scheduler.start();

  return {
    fleet,
    exposition,
    self,
    ingest: createIngest({
      clock,
      fleet,
      log: eventLog,
      pushSources: () => new Set(config.sources.filter(({ type }) => type === 'events').map(({ id }) => id)),
      policy,
      onResult: (result, count) => {
        self.eventIngest(result, count);
      },
    }),
    windows: windowsApi,
    orders,
    explain: createExplain({
      clock,
      fleet,
      sources,
      policy,
      learned,
      clients: () => clients,
      troubles: () => prometheus.troubles(),
    }),
    webhooks: {
      async receive(source, body) {
        const connector = sourceSet.connectors.get(source);
        const collector = sourceSet.collectors.get(source);
        if (connector?.parseWebhook === undefined || collector === undefined) {
          throw new ConnectorError('malformed', `source ${source} takes no webhooks`);
        }
        const events = connector.parseWebhook(body, clock.now());
        const { accepted, duplicates } = await collector.ingest(events, stopped.signal);
        return { accepted, duplicates };
      },
    },
    mappings: {
      async set(device, instance) {
        await store.saveMapping(device, instance);
        await identity.match();
        await recordUnmatched(fleet, self, createSlicer(sliceMs));
      },
      candidates: (device) => identity.candidates(device),
    },
    watcher: () => ({
      intervalSeconds: config.watcher.intervalSeconds,
      troubles: prometheus.troubles(),
      ...(alertsReadAt === undefined ? {} : { lastSuccessAt: alertsReadAt }),
    }),
    config: () => config,
    started: () => true,
    async apply(next) {
      const nextClients = createPrometheusClients(next.prometheus);
      const nextSources = createSources(next);
      await sourceSet.scheduler.stop();
      config = next;
      clients = nextClients;
      prometheus.keep(new Set(clients.map(({ name }) => name)));
      sourceSet = nextSources;
      sources.declare(sourceSet.declarations);
      sourceSet.scheduler.start();
      discovery.nudge();
      schedules.nudge();
    },
    async stop() {
      stopped.abort();
      await sourceSet.scheduler.stop();
      await Promise.all(loops.map((loop) => loop.stop()));
      await verifier.idle();
      await createSaver(fleet, store, fleet.seq)();
    },
  };
}
