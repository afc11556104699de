import { ConnectorError } from '../../domain/errors.ts';
import type { UnixSeconds } from '../../domain/time.ts';
import type { ReadCounters } from '../tally.ts';
import { plausible } from '../vendor-time.ts';
import type { Sample } from './api-schema.ts';
import type { PrometheusApi, Read } from './client.ts';
import type { PrometheusOptions } from './config.ts';
import { factNames, HostSeries } from './host-series.ts';
import { vendorIdOf, type Target } from './mapper.ts';

/** Our clock and the server's may differ by this much; more, and every age we compute would be wrong. */
const clockSkewSeconds = 300;

/** All targets of one read, and the moment the server answered. */
export interface Targets {
  readonly at: UnixSeconds | undefined;
  readonly targets: readonly Target[];
}

/** `instances`: only these; undefined = all. */
export async function readTargets(
  api: PrometheusApi,
  options: PrometheusOptions,
  read: Read,
  now: UnixSeconds,
  instances?: readonly string[],
): Promise<Targets> {
  const selector = select(options, instances);
  const up = await api.query({ expression: `up${selector}`, at: undefined, reason: 'device.malformed' }, read);
  const [first] = up;
  if (first === undefined) return { at: undefined, targets: [] };
  const { at } = first;
  if (Math.abs(at - now) > clockSkewSeconds)
    throw new ConnectorError('malformed', 'the clock of the server differs from ours by more than five minutes');
  const expression = `timestamp(up${selector})`;
  const stamps = await api.query({ expression, at, reason: 'series.malformed' }, read);
  const scrapedAt = new Map(stamps.map(({ labels, value }) => [seriesKey(labels), value]));
  const fallback = await defaultOrganization(api, options, up, read);
  return { at, targets: toTargets(up, scrapedAt, fallback, options, read) };
}

/** Of a series of `up`: its labels without the name, which functions drop. */
function seriesKey({ __name__: _name, ...labels }: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The server's own external label is asked for only where a target does not carry it. */
async function defaultOrganization(
  api: PrometheusApi,
  { organization, organizationLabel }: PrometheusOptions,
  up: readonly Sample[],
  read: Read,
): Promise<string | undefined> {
  if (organization !== undefined) return organization;
  if (up.every(({ labels }) => (labels[organizationLabel] ?? '') !== '')) return undefined;
  return await api.externalLabel(organizationLabel, read);
}

/** One target per organization and instance; two jobs on one instance are one machine. */
function toTargets(
  up: readonly Sample[],
  scrapedAt: ReadonlyMap<string, number>,
  fallback: string | undefined,
  { organizationLabel }: PrometheusOptions,
  { dropped }: Read,
): readonly Target[] {
  const targets = new Map<string, Target>();
  const seen = new Set<string>();
  for (const { labels, value } of up) {
    const series = seriesKey(labels);
    const own = labels[organizationLabel] ?? '';
    const organization = own === '' ? fallback : own;
    const instance = labels['instance'] ?? '';
    if (seen.has(series)) dropped.add('device.duplicate');
    else if (instance === '') dropped.add('device.malformed');
    else if (organization === undefined) dropped.add('device.no_organization');
    else {
      const key = vendorIdOf(organization, instance);
      const known = targets.get(key);
      const lastSeenAt = latest(known?.lastSeenAt, value === 1 ? plausible(scrapedAt.get(series)) : undefined);
      targets.set(key, { organization, instance, labels: known?.labels ?? labels, lastSeenAt });
    }
    seen.add(series);
  }
  return [...targets.values()];
}

function latest(a: UnixSeconds | undefined, b: UnixSeconds | undefined): UnixSeconds | undefined {
  if (a === undefined) return b;
  return b === undefined ? a : Math.max(a, b);
}

export interface HostBatch {
  readonly target: Target;
  readonly series: HostSeries;
}

/**
 * The series of these targets as of `at`. A target that is down has none any more: for those, and only for those, the
 * last values within the fact age are taken, and the dates inside the values say how much they are worth.
 */
export async function readSeries(
  api: PrometheusApi,
  options: PrometheusOptions,
  targets: readonly Target[],
  at: UnixSeconds,
  counters: ReadCounters,
  signal: AbortSignal,
): Promise<readonly HostBatch[]> {
  const read: Read = { signal, dropped: counters.dropped };
  const ask = (expression: string) => api.query({ expression, at, reason: 'series.malformed' }, read);
  const selectorOf = (some: readonly Target[], names?: string) =>
    select(
      options,
      some.map(({ instance }) => instance),
      names,
    );
  const names = factNames.join('|');
  const down = targets.filter(({ lastSeenAt }) => lastSeenAt === undefined);
  const back = `${String(options.maxFactAgeSeconds)}s`;
  const live = await ask(selectorOf(targets, names));
  const past = down.length === 0 ? [] : await ask(`last_over_time(${selectorOf(down, names)}[${back}])`);
  const seen = down.length === 0 ? [] : await ask(`max_over_time(timestamp(up${selectorOf(down)} == 1)[${back}:5s])`);
  const ownerOf = createOwner(targets, options);
  const liveSeries = group(live, ownerOf);
  const pastSeries = group(past, ownerOf);
  const seenAt = new Map(seen.map((sample) => [ownerOf(sample), sample.value]));
  return targets.map((target) => {
    if (target.lastSeenAt !== undefined) return { target, series: liveSeries.get(keyOf(target)) ?? new HostSeries() };
    const lastSeenAt = plausible(seenAt.get(keyOf(target)));
    return { target: { ...target, lastSeenAt }, series: pastSeries.get(keyOf(target)) ?? new HostSeries() };
  });
}

function keyOf({ organization, instance }: Pick<Target, 'organization' | 'instance'>): string {
  return vendorIdOf(organization, instance);
}

/** Whose a series is: by instance and organization label, or by instance alone where the target has no label either. */
function createOwner(targets: readonly Target[], { organizationLabel }: PrometheusOptions) {
  const labelled = new Map(
    targets.map((target) => [JSON.stringify([target.labels[organizationLabel] ?? '', target.instance]), keyOf(target)]),
  );
  return ({ labels }: Sample): string | undefined =>
    labelled.get(JSON.stringify([labels[organizationLabel] ?? '', labels['instance'] ?? '']));
}

function group(
  samples: readonly Sample[],
  ownerOf: (sample: Sample) => string | undefined,
): ReadonlyMap<string, HostSeries> {
  const byOwner = new Map<string, HostSeries>();
  for (const sample of samples) {
    const owner = ownerOf(sample);
    if (owner === undefined) continue;
    const series = byOwner.get(owner) ?? new HostSeries();
    byOwner.set(owner, series);
    series.add(sample);
  }
  return byOwner;
}

/** `{job=~"node|windows",instance=~"a:1|b:1"}`; regular expressions that match these texts and nothing else. */
function select({ jobs }: PrometheusOptions, instances?: readonly string[], names?: string): string {
  const matchers = [
    ...(names === undefined ? [] : [`__name__=~${JSON.stringify(names)}`]),
    `job=~${anyOf(jobs)}`,
    ...(instances === undefined ? [] : [`instance=~${anyOf(instances)}`]),
  ];
  return `{${matchers.join(',')}}`;
}

function anyOf(texts: readonly string[]): string {
  const escaped = [...new Set(texts)].map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return JSON.stringify(escaped.join('|'));
}
