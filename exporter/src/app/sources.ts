import { createCollector, type Collector } from '../collection/collector.ts';
import { defaultShrinkPolicy } from '../collection/shrink-guard.ts';
import { createScheduler, type Scheduler, type SchedulerOptions } from '../collection/scheduler.ts';
import type { CollectionSink } from '../collection/sink.ts';
import type { Config } from '../config/schema.ts';
import type { RmmConnector } from '../connectors/connector.ts';
import type { ConnectorDefinition } from '../connectors/definition.ts';
import { systemSleep } from '../connectors/sleep.ts';
import type { Capabilities } from '../domain/capabilities.ts';
import type { Clock } from '../domain/time.ts';
import type { SourceDeclaration } from '../fleet/source-board.ts';
import type { OrganizationDirectory } from '../identity/organization.ts';
import type { OrderSettings } from '../orders/settings.ts';
import type { Logger } from 'pino';

export interface SourceSet {
  readonly connectors: ReadonlyMap<string, RmmConnector>;
  readonly orderSettings: ReadonlyMap<string, OrderSettings>;
  readonly collectors: ReadonlyMap<string, Collector>;
  readonly declarations: readonly SourceDeclaration[];
  readonly scheduler: Scheduler;
}

export interface SourceSetDeps {
  readonly types: Readonly<Record<string, ConnectorDefinition>>;
  readonly organizations: OrganizationDirectory;
  readonly sink: CollectionSink;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onProgress?: SchedulerOptions['onProgress'];
}

/** A source that may not be written to cannot do what it could. */
const noOrders = { scripts: false, reboot: false, maintenance: false } as const satisfies Partial<Capabilities>;

/** Everything that reads vendors, as the configuration declares it. Nothing runs before `scheduler.start()`. */
export function createSourceSet(config: Config, deps: SourceSetDeps): SourceSet {
  const built = config.sources
    .filter((source) => source.enabled)
    .map((source) => {
      const definition = deps.types[source.type];
      if (definition === undefined)
        throw new Error(`source type ${source.type} passed the configuration but does not exist`);
      const connector = definition.create(source.options, {
        id: source.id,
        organizationKey: deps.organizations.forSource(source.id),
        takesOrders: source.orders.enabled,
        fetch,
        clock: deps.clock,
        sleep: systemSleep,
        random: Math.random,
      });
      const collector = createCollector({
        connector,
        sink: deps.sink,
        clock: deps.clock,
        log: deps.log,
        shrink: { ...defaultShrinkPolicy, maxLossRatio: 1 - source.minFleetFraction },
        futureToleranceSeconds: config.policy.futureToleranceSeconds,
      });
      const { capabilities, intervals } = definition;
      const snapshotSeconds = capabilities.snapshots ? (source.intervalSeconds ?? intervals.snapshotSeconds) : 0;
      const polled = intervals.eventsSeconds > 0 && capabilities.events;
      const eventsSeconds = polled ? (source.eventsIntervalSeconds ?? intervals.eventsSeconds) : 0;
      return { connector, collector, snapshotSeconds, eventsSeconds, orders: source.orders };
    });
  return {
    connectors: new Map(built.map(({ connector }) => [connector.id, connector])),
    orderSettings: new Map(built.map(({ connector, orders }) => [connector.id, orders])),
    collectors: new Map(built.map(({ collector }) => [collector.source, collector])),
    declarations: built.map(({ connector, snapshotSeconds, eventsSeconds, orders }) => ({
      id: connector.id,
      type: connector.type,
      capabilities: orders.enabled ? connector.capabilities : { ...connector.capabilities, ...noOrders },
      ...(snapshotSeconds > 0 ? { snapshotIntervalSeconds: snapshotSeconds } : {}),
      ...(eventsSeconds > 0 ? { eventsIntervalSeconds: eventsSeconds } : {}),
    })),
    scheduler: createScheduler({
      sources: built.map(({ collector, snapshotSeconds, eventsSeconds }) => ({
        collector,
        snapshotSeconds,
        eventsSeconds,
      })),
      clock: deps.clock,
      log: deps.log,
      ...(deps.onProgress === undefined ? {} : { onProgress: deps.onProgress }),
    }),
  };
}
