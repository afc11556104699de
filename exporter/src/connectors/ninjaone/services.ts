import { ConnectorError } from '../../domain/errors.ts';
import type { ObservedHealth } from '../../domain/observed-health.ts';
import { serviceStateWords, stateOf } from '../service-words.ts';
import type { ReadCounters } from '../tally.ts';
import { translate } from '../translate.ts';
import { fromEpoch } from '../vendor-time.ts';
import type { ServiceRow } from './api-schema.ts';
import type { NinjaOneClient, Read } from './client.ts';

const startTypeWords: Readonly<Record<string, 'automatic' | 'other'>> = {
  AUTO_START: 'automatic',
  AUTO_START_DELAYED: 'automatic',
  BOOT_START: 'other',
  SYSTEM_START: 'other',
  DEMAND_START: 'other',
  DISABLED: 'other',
};

/**
 * The Windows services of one device as its agent last reported them. A row of another device means that the filter was
 * ignored, and then nothing of the answer is this device's for sure.
 */
export async function readServiceRows(
  client: NinjaOneClient,
  deviceId: number,
  read: Read,
  counters: ReadCounters,
): Promise<readonly ObservedHealth[]> {
  const observed: ObservedHealth[] = [];
  for await (const page of client.windowsServices(deviceId, read)) {
    if (page.some((row) => row.deviceId !== deviceId))
      throw new ConnectorError('filter_ignored', 'services of another device were in the answer', {
        path: '/v2/queries/windows-services',
      });
    observed.push(...page.map((row) => mapService(row, counters)));
  }
  return observed;
}

function mapService({ name, state, startType, timestamp }: ServiceRow, { unknownWords }: ReadCounters): ObservedHealth {
  const observedAt = fromEpoch(timestamp);
  return {
    name,
    ...stateOf(serviceStateWords, state, 'service.state', unknownWords),
    automatic: translate(startTypeWords, startType, 'service.start_type', unknownWords) === 'automatic',
    ...(observedAt === undefined ? {} : { observedAt }),
  };
}
