import type { UnixSeconds } from '../../domain/time.ts';
import type { ReadContext } from '../connector.ts';
import type { ReadCounters } from '../tally.ts';
import type { HealthRow, OsBlock, OsPatch } from './api-schema.ts';
import type { NinjaOneClient, Read } from './client.ts';
import type { DeviceReports } from './mapper.ts';
import { PatchColumns } from './patch-columns.ts';
import { isSince, mapPatch } from './patches.ts';
import { Pool } from '../pool.ts';

export interface ReportsRequest {
  readonly client: NinjaOneClient;
  readonly read: Read;
  readonly counters: ReadCounters;
  readonly context: ReadContext;
  /** Install attempts before this are left out. */
  readonly since: UnixSeconds;
}

type Health = Omit<HealthRow, 'deviceId'>;
type Os = Omit<OsBlock, 'lastBootTime'>;

/** The four fleet reports, by device. */
export interface Reports {
  of(deviceId: number): DeviceReports;
}

/**
 * Reads one report after the other (a report's cursor expires, so none is kept waiting) and keeps only what the domain
 * needs of each row, packed. What is pending comes first and the counts that have to confirm it later: a device that goes
 * offline in between has rows or a count, and is never taken for patched.
 */
export async function readReports({ client, read, counters, context, since }: ReportsRequest): Promise<Reports> {
  const current = new PatchColumns();
  const attempts = new PatchColumns();
  const health = new Map<number, Health>();
  const os = new Map<number, Os>();
  const bootTimes = new Map<number, number>();
  const [knownHealth, knownOs] = [new Pool<Health>(), new Pool<Os>()];

  const takePatch = (columns: PatchColumns, row: OsPatch): void => {
    if (typeof row.deviceId !== 'number') {
      counters.dropped.add('patch.no_device');
      return;
    }
    const patch = mapPatch(row, counters);
    if (columns === current || isSince(patch, since)) columns.add(row.deviceId, patch);
  };
  await each(client.osPatches(read), 'patches', context, (row) => {
    takePatch(current, row);
  });
  await each(client.osPatchInstalls(dayBefore(since), read), 'installs', context, (row) => {
    takePatch(attempts, row);
  });
  await each(client.deviceHealth(read), 'health', context, ({ deviceId, ...row }) => {
    health.set(deviceId, knownHealth.one(row));
  });
  await each(client.operatingSystems(read), 'operating systems', context, ({ deviceId, lastBootTime, ...row }) => {
    os.set(deviceId, knownOs.one(row));
    if (typeof lastBootTime === 'number') bootTimes.set(deviceId, lastBootTime);
    else bootTimes.delete(deviceId);
  });

  return {
    of(deviceId) {
      const osRow = os.get(deviceId);
      const healthRow = health.get(deviceId);
      return {
        ...(osRow === undefined ? {} : { os: { ...osRow, lastBootTime: bootTimes.get(deviceId) } }),
        ...(healthRow === undefined ? {} : { health: healthRow }),
        patches: { current: current.of(deviceId), attempts: attempts.of(deviceId) },
      };
    },
  };
}

async function each<T>(
  pages: AsyncGenerator<readonly T[]>,
  what: string,
  context: ReadContext,
  take: (row: T) => void,
): Promise<void> {
  let count = 0;
  for await (const page of pages) {
    page.forEach(take);
    count += page.length;
    context.progress(what, count);
  }
}

/** The vendor's date filter is day-granular and its zone is not documented: ask for a day more and filter here. */
function dayBefore(since: UnixSeconds): string {
  return new Date((since - 86_400) * 1000).toISOString().slice(0, 10);
}
