import type { SeriesOwner } from '../domain/promql.ts';
import type { UnixSeconds } from '../domain/time.ts';
import type { SilenceWindow } from '../domain/window.ts';
import type { PrometheusClient, VectorSample } from './prometheus-client.ts';

const beforeSeconds = 60;
const longestBeforeSeconds = 2 * 3600;

/**
 * Asks every Prometheus about one device. Samples of several servers are put together; undefined where there is nothing
 * to ask. What is another organization's proves nothing about this device: such samples are left out, and so are servers
 * that do not say whose theirs are while others do.
 */
export async function askSeries(
  clients: readonly PrometheusClient[],
  { instance, organization }: Pick<SilenceWindow, 'instance' | 'organization'>,
  query: (owner: SeriesOwner) => string | undefined,
  at?: UnixSeconds,
  needed: 'any' | 'all' = 'any',
): Promise<readonly VectorSample[] | 'unanswered' | undefined> {
  const labelled = clients.filter(({ organizationLabel }) => organizationLabel !== null);
  const asked = (labelled.length > 0 ? labelled : clients).flatMap((client) => {
    const text = query({ instance, organization, organizationLabel: client.organizationLabel });
    return text === undefined ? [] : [client.query(text, at)];
  });
  if (asked.length === 0) return clients.length === 0 ? 'unanswered' : undefined;
  const results = await Promise.allSettled(asked);
  const answers = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  return answers.length < (needed === 'all' ? asked.length : 1)
    ? 'unanswered'
    : answers.flat().filter((sample) => (sample.organization ?? organization) === organization);
}

/**
 * When the device was last itself: before it went down and before what triggered the window, since an install may stop
 * services long before the restart. A trigger of days ago says nothing about today.
 */
export function momentBefore({ triggeredAt, downAt, openedAt }: SilenceWindow): UnixSeconds {
  const down = downAt ?? openedAt;
  return Math.max(Math.min(triggeredAt, down) - beforeSeconds, down - longestBeforeSeconds);
}

export function isGood(samples: readonly VectorSample[]): boolean {
  return samples.length > 0 && samples.every(isHealthy);
}

export function isHealthy({ value }: VectorSample): boolean {
  return value !== 0 && !Number.isNaN(value);
}
