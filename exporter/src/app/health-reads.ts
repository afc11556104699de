import pLimit from 'p-limit';
import type { Logger } from 'pino';
import type { Reading, SourceHealth } from '../checks/observed.ts';
import type { HealthReading, ReadContext, RmmConnector } from '../connectors/connector.ts';
import type { DeviceState } from '../domain/device.ts';
import { ConnectorError } from '../domain/errors.ts';
import type { Clock } from '../domain/time.ts';
import type { HealthRead } from '../metrics/self-metrics.ts';
import type { HealthSource } from '../watcher/source-readings.ts';

export interface HealthReadDeps {
  readonly clock: Clock;
  readonly connectors: () => ReadonlyMap<string, RmmConnector>;
  readonly concurrency: number;
  readonly timeoutSeconds: () => number;
  readonly stopped: AbortSignal;
  readonly onRead: (end: HealthRead) => void;
  readonly log: Pick<Logger, 'warn' | 'error'>;
}

/** Reads services and checks of single devices from their sources, few at a time. What fails is told as a failure. */
export function createHealthReads(deps: HealthReadDeps): HealthSource {
  const { clock, connectors, timeoutSeconds, stopped, onRead, log } = deps;
  const limit = pLimit(deps.concurrency);

  async function reading(
    { source, facts: { vendorId } }: DeviceState,
    method: 'readServices' | 'readChecks',
  ): Promise<Reading> {
    const timeout = AbortSignal.timeout(timeoutSeconds() * 1000);
    const context: ReadContext = { clock, signal: AbortSignal.any([stopped, timeout]), progress: () => undefined };
    try {
      const read = connectors().get(source)?.[method];
      if (read === undefined) throw new ConnectorError('unavailable', `source ${source} cannot tell`);
      const { observed, dropped, unknownWords }: HealthReading = await read(vendorId, context);
      onRead({ source, dropped, unknownWords });
      return { observed };
    } catch (error) {
      const reason = timeout.aborted ? 'timeout' : error instanceof ConnectorError ? error.kind : undefined;
      if (reason === undefined) log.error({ source, err: error }, 'reading services failed by a fault of ours');
      else if (reason !== 'aborted') {
        onRead({ source, reason });
        log.warn({ source, device: vendorId, reason }, 'the services of a device could not be read');
      }
      return { failure: `no answer (${reason ?? 'internal'})` };
    }
  }

  return {
    can: (source, capability) => connectors().get(source)?.capabilities[capability] === true,
    read: (device, { services, checks }) =>
      limit(async (): Promise<SourceHealth> => ({
        source: device.source,
        ...(services ? { services: await reading(device, 'readServices') } : {}),
        ...(checks ? { checks: await reading(device, 'readChecks') } : {}),
      })),
  };
}
