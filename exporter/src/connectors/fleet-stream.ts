import type { DeviceFacts } from '../domain/device.ts';
import type { PatchSnapshot } from '../domain/snapshot.ts';
import type { FleetStream, ReadContext, RmmConnector } from './connector.ts';

/** Both ways to read out of the one that streams: `collect` is for callers that want the fleet in one piece. */
export function readable(
  stream: (context: ReadContext) => FleetStream,
): Required<Pick<RmmConnector, 'collect' | 'stream'>> {
  return { stream, collect: (context) => gather(stream(context)) };
}

async function gather(stream: FleetStream): Promise<PatchSnapshot> {
  const devices: DeviceFacts[] = [];
  for (;;) {
    const step = await stream.next();
    if (step.done === true) return { ...step.value, devices };
    devices.push(...step.value);
  }
}
