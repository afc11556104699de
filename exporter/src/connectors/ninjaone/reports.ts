import type { DevicePatch } from '../../domain/patch.ts';
import type { UnixSeconds } from '../../domain/time.ts';
import type { ReadContext } from '../connector.ts';
import type { ReadCounters } from '../tally.ts';
import type { HealthRow, OsPatch, OsReportRow } from './api-schema.ts';
import type { NinjaOneClient, Read } from './client.ts';
import type { DeviceReports } from './mapper.ts';
import { isSince, mapPatch, type PatchRows } from './patches.ts';

export interface ReportsRequest {
  readonly client: NinjaOneClient;
  readonly read: Read;
  readonly counters: ReadCounters;
  readonly context: ReadContext;
  /** Devices we keep; rows of all others are passed over. */
  readonly ids: ReadonlySet<number>;
  /** Install attempts before this are left out. */
  readonly since: UnixSeconds;
}

/** The four fleet reports, gathered by device. */
export interface Reports {
  of(deviceId: number): DeviceReports;
}

/**
 * Reads one report after the other (a report's cursor expires, so none is kept waiting) and keeps only what the domain
 * needs of each row: a fleet of 50,000 devices has about a million of them.
 */
export async function readReports(request: ReportsRequest): Promise<Reports> {
  const { client, read, context, ids } = request;
  const os = new Map<number, OsReportRow>();
  const health = new Map<number, HealthRow>();
  const patches = new Map<number, PatchRows>();
  const intern = createIntern();

  await each(client.operatingSystems(read), 'operating systems', context, (row) => {
    if (ids.has(row.deviceId)) os.set(row.deviceId, row);
  });
  await each(client.deviceHealth(read), 'health', context, (row) => {
    if (ids.has(row.deviceId)) health.set(row.deviceId, row);
  });
  await each(client.osPatches(read), 'patches', context, (row) => {
    const patch = patchOf(row, request);
    if (patch !== undefined) rowsOf(patches, row).current.push(intern(patch));
  });
  await each(client.osPatchInstalls(dayBefore(request.since), read), 'installs', context, (row) => {
    const patch = patchOf(row, request);
    if (patch !== undefined && isSince(patch, request.since)) rowsOf(patches, row).attempts.push(intern(patch));
  });

  return {
    of(deviceId) {
      const osRow = os.get(deviceId);
      const healthRow = health.get(deviceId);
      return {
        ...(osRow === undefined ? {} : { os: osRow }),
        ...(healthRow === undefined ? {} : { health: healthRow }),
        patches: patches.get(deviceId) ?? { current: [], attempts: [] },
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

function patchOf(row: OsPatch, { ids, counters }: ReportsRequest): DevicePatch | undefined {
  if (typeof row.deviceId !== 'number') counters.dropped.add('patch.no_device');
  return ids.has(row.deviceId ?? -1) ? mapPatch(row, counters) : undefined;
}

function rowsOf(patches: Map<number, PatchRows>, { deviceId }: OsPatch): PatchRows {
  const key = deviceId ?? -1;
  const known = patches.get(key);
  if (known !== undefined) return known;
  const fresh: PatchRows = { current: [], attempts: [] };
  patches.set(key, fresh);
  return fresh;
}

/** The vendor's date filter is day-granular and its zone is not documented: ask for a day more and filter here. */
function dayBefore(since: UnixSeconds): string {
  return new Date((since - 86_400) * 1000).toISOString().slice(0, 10);
}

/** One object for equal undated patches and one string for equal texts: the same update is open on many devices. */
function createIntern(): (patch: DevicePatch) => DevicePatch {
  const texts = new Map<string, string>();
  const undated = new Map<string, DevicePatch>();
  const text = (value: string): string => {
    const known = texts.get(value);
    if (known === undefined) texts.set(value, value);
    return known ?? value;
  };
  return (patch) => {
    const slim = { ...patch, id: text(patch.id), title: text(patch.title) };
    if (patch.installedAt !== undefined) return slim;
    const key = [slim.id, slim.severity, slim.kind, slim.status, slim.title].join('\u0000');
    const known = undated.get(key);
    if (known === undefined) undated.set(key, slim);
    return known ?? slim;
  };
}
