import { noCapabilities } from '../../domain/capabilities.ts';
import type { DeviceFacts } from '../../domain/device.ts';
import type { FleetStream, LookupResult, ReadContext } from '../connector.ts';
import { defineConnector, type ConnectorDeps, type ConnectorMethods } from '../definition.ts';
import { readable } from '../fleet-stream.ts';
import { createReadCounters, type ReadCounters } from '../tally.ts';
import { createPrometheusApi, type Read } from './client.ts';
import { PrometheusOptions } from './config.ts';
import { readSeries, readTargets, type Targets } from './hosts.ts';
import { createKured } from './kured.ts';
import { mapHost, type Target, vendorIdOf } from './mapper.ts';

/** Hosts whose series are asked for at once: the instances have to fit into one request line. */
const hostsPerRequest = 100;

export const prometheusConnector = defineConnector({
  type: 'prometheus',
  options: PrometheusOptions,
  intervals: { snapshotSeconds: 60, eventsSeconds: 0 },
  capabilities: { ...noCapabilities, snapshots: true, perPatch: true, rebootPending: true, lookup: true },
  create: createPrometheusConnector,
});

/** Hosts without an RMM: what Prometheus has scraped of them already. Only reads are sent. */
export function createPrometheusConnector(options: PrometheusOptions, deps: ConnectorDeps): ConnectorMethods {
  const api = createPrometheusApi(options, deps);

  async function* factsOf(
    { at, targets }: Targets,
    counters: ReadCounters,
    context: ReadContext,
  ): AsyncGenerator<readonly DeviceFacts[], void, void> {
    if (at === undefined) return;
    const read: Read = { signal: context.signal, dropped: counters.dropped };
    const said = await api.query({ expression: 'kured_reboot_required', at, reason: 'series.malformed' }, read);
    const kured = createKured(said, options.organizationLabel);
    const { maxFactAgeSeconds, maxMetadataAgeSeconds, organizationLabel } = options;
    for (let start = 0; start < targets.length; start += hostsPerRequest) {
      const some = targets.slice(start, start + hostsPerRequest);
      const hosts = await readSeries(api, options, some, at, counters, context.signal);
      context.progress('hosts', start + hosts.length);
      yield hosts.map(({ target, series }) =>
        mapHost(target, { series, at, maxFactAgeSeconds, maxMetadataAgeSeconds, counters }, options, (names) =>
          kured(target.labels[organizationLabel], names),
        ),
      );
    }
  }

  async function* stream(context: ReadContext): FleetStream {
    const counters = createReadCounters();
    const startedAt = context.clock.now();
    const read: Read = { signal: context.signal, dropped: counters.dropped };
    const targets = await readTargets(api, options, read, startedAt);
    yield* factsOf(targets, counters, context);
    return { startedAt, completedAt: context.clock.now(), ...tallies(counters) };
  }

  async function lookup(vendorId: string, context: ReadContext): Promise<LookupResult> {
    const counters = createReadCounters();
    const read: Read = { signal: context.signal, dropped: counters.dropped };
    const instance = vendorId.slice(vendorId.indexOf('/') + 1);
    const found = await readTargets(api, options, read, context.clock.now(), [instance]);
    const isAsked = (target: Target): boolean => vendorIdOf(target.organization, target.instance) === vendorId;
    const only = { at: found.at, targets: found.targets.filter(isAsked) };
    for await (const [facts] of factsOf(only, counters, context))
      return { ...(facts === undefined ? {} : { facts }), events: [], ...tallies(counters) };
    return { events: [], ...tallies(counters) };
  }

  return { ...readable(stream), lookup };
}

function tallies({ dropped, unknownWords }: ReadCounters) {
  return { dropped: dropped.toTally(), unknownWords: unknownWords.toTally() };
}
