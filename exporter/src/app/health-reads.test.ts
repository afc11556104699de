import { describe, expect, it } from 'vitest';
import { aDevice } from '../../test/support/builders.ts';
import type { RmmConnector } from '../connectors/connector.ts';
import { noCapabilities } from '../domain/capabilities.ts';
import { ConnectorError } from '../domain/errors.ts';
import type { HealthRead } from '../metrics/self-metrics.ts';
import { createHealthReads } from './health-reads.ts';

const never = new AbortController().signal;

function setUp(connector: Partial<RmmConnector>) {
  const reads: HealthRead[] = [];
  const known: RmmConnector = {
    id: 'ninja',
    type: 'x',
    capabilities: { ...noCapabilities, services: true },
    ...connector,
  };
  const health = createHealthReads({
    clock: { now: () => 1 },
    connectors: () => new Map([['ninja', known]]),
    concurrency: 1,
    timeoutSeconds: () => 0.05,
    stopped: never,
    onRead: (read) => reads.push(read),
    log: { warn: () => undefined, error: () => undefined },
  });
  return { health, reads };
}
const device = aDevice({ source: 'ninja' });
const services = { services: true, checks: false };

describe('createHealthReads', () => {
  it('hands on what the source says, and counts what it left out', async () => {
    const counted = { dropped: { 'service.malformed': 1 }, unknownWords: { 'service.state': 2 } };
    const { health, reads } = setUp({ readServices: () => Promise.resolve({ observed: [], ...counted }) });
    expect(await health.read(device, services)).toEqual({ source: 'ninja', services: { observed: [] } });
    expect(reads).toEqual([{ source: 'ninja', ...counted }]);
    expect([health.can('ninja', 'services'), health.can('ninja', 'checks'), health.can('gone', 'services')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it.each([
    ['a refusal', () => Promise.reject(new ConnectorError('rate_limited', 'later')), 'no answer (rate_limited)'],
    ['a fault of ours', () => Promise.reject(new TypeError('oops')), 'no answer (internal)'],
    [
      'a silence',
      (_id: string, { signal }: { signal: AbortSignal }) =>
        new Promise<never>((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reject(new ConnectorError('aborted', 'stopped'));
          });
        }),
      'no answer (timeout)',
    ],
  ])('answers %s by a failure and never throws', async (_what, readServices, failure) => {
    const { health } = setUp({ readServices });
    expect(await health.read(device, services)).toEqual({ source: 'ninja', services: { failure } });
  });

  it('says of a source that cannot tell that there is no answer', async () => {
    const { health, reads } = setUp({});
    expect(await health.read(device, { services: false, checks: true })).toMatchObject({
      checks: { failure: 'no answer (unavailable)' },
    });
    expect(reads).toEqual([{ source: 'ninja', reason: 'unavailable' }]);
  });
});
