import { noCapabilities } from '../../domain/capabilities.ts';
import type { DeviceFacts } from '../../domain/device.ts';
import { ConnectorError } from '../../domain/errors.ts';
import type { PatchSnapshot } from '../../domain/snapshot.ts';
import type { ReadContext } from '../connector.ts';
import { defineConnector, type ConnectorMethods } from '../definition.ts';
import { LooseList } from '../loose-list.ts';
import { createReadCounters } from '../tally.ts';
import { FileDevice } from './api-schema.ts';
import { readFiles, type ReadFile } from './client.ts';
import { FileOptions } from './config.ts';
import { mapDevice } from './mapper.ts';

/** A file may be dated ahead of our clock by this much. */
const futureToleranceSeconds = 300;

export const fileConnector = defineConnector({
  type: 'file',
  options: FileOptions,
  intervals: { snapshotSeconds: 60, eventsSeconds: 0 },
  capabilities: { ...noCapabilities, snapshots: true, perPatch: true, rebootPending: true },
  create: createFileConnector,
});

/** Snapshots that something else writes into a directory. The read is as old as the oldest of its files. */
export function createFileConnector(options: FileOptions): ConnectorMethods {
  async function collect(context: ReadContext): Promise<PatchSnapshot> {
    const files = await readFiles(options, context.signal);
    const now = context.clock.now();
    for (const file of files) checkAge(file, now, options.maxAgeSeconds);
    const counters = createReadCounters();
    const list = new LooseList(FileDevice, counters.dropped, 'device.malformed');
    const devices = new Map<string, DeviceFacts>();
    for (const device of files.flatMap((file) => list.parse(file.devices))) {
      if (devices.has(device.id)) throw new ConnectorError('malformed', `device ${device.id} stands in two places`);
      devices.set(device.id, mapDevice(device, counters));
      context.progress('devices', devices.size);
    }
    list.finish();
    const readAt = Math.min(now, ...files.map(({ generatedAt }) => generatedAt));
    const { dropped, unknownWords } = counters;
    return {
      startedAt: readAt,
      completedAt: readAt,
      devices: [...devices.values()],
      dropped: dropped.toTally(),
      unknownWords: unknownWords.toTally(),
    };
  }

  return { collect };
}

function checkAge({ name, generatedAt }: ReadFile, now: number, maxAgeSeconds: number): void {
  if (now - generatedAt > maxAgeSeconds)
    throw new ConnectorError('unavailable', `${name} is older than ${String(maxAgeSeconds)} s`, { path: name });
  if (generatedAt - now > futureToleranceSeconds)
    throw new ConnectorError('malformed', `${name} is dated in the future`, { path: name });
}
