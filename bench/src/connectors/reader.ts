import { connectorTypes } from '../../../exporter/src/connectors/registry.ts';
import { systemSleep } from '../../../exporter/src/connectors/sleep.ts';
import { systemClock } from '../../../exporter/src/domain/time.ts';

/** What one read of a whole fleet cost, as its own process sees it. */
export interface Reading {
  readonly devices: number;
  readonly seconds: number;
  readonly requests: number;
  readonly refusals: number;
  /** Heap after a collection when a tenth, half and all of the devices had been handed over. */
  readonly heapMib: readonly [number, number, number];
  readonly peakRssMib: number;
  /** How often progress was told. */
  readonly steps: number;
}

/** Reads one source once and lets go of every device as it comes. Runs with --expose-gc and tells the result by IPC. */
async function read(type: string, options: unknown, expected: number): Promise<Reading> {
  const definition = connectorTypes[type];
  if (definition === undefined) throw new Error(`no connector ${type}`);
  let requests = 0;
  let refusals = 0;
  let peak = 0;
  let steps = 0;
  const connector = definition.create(options, {
    id: 'bench',
    organizationKey: (id) => id,
    fetch: async (input, init) => {
      requests += 1;
      peak = Math.max(peak, process.memoryUsage.rss());
      const response = await fetch(input, init);
      if (response.status === 429) refusals += 1;
      return response;
    },
    clock: systemClock,
    sleep: systemSleep,
    random: Math.random,
  });
  const context = { clock: systemClock, signal: new AbortController().signal, progress: () => void (steps += 1) };
  const startedAt = performance.now();
  const heapMib: number[] = [];
  let devices = 0;
  const note = (): void => {
    peak = Math.max(peak, process.memoryUsage.rss());
    if (devices < expected * ([0.1, 0.5, 1][heapMib.length] ?? Infinity)) return;
    global.gc?.();
    heapMib.push(process.memoryUsage().heapUsed / 2 ** 20);
  };
  if (connector.stream === undefined) {
    const snapshot = await connector.collect?.(context);
    devices = snapshot?.devices.length ?? 0;
    note();
  } else {
    const stream = connector.stream(context);
    for (let step = await stream.next(); step.done !== true; step = await stream.next()) {
      devices += step.value.length;
      note();
    }
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const [tenth = NaN, half = NaN, all = NaN] = heapMib;
  const heap: Reading['heapMib'] = [tenth, half, all];
  return { devices, seconds, requests, refusals, heapMib: heap, peakRssMib: peak / 2 ** 20, steps };
}

const [type = '', options = '{}', expected = '0'] = process.argv.slice(2);
process.send?.(await read(type, JSON.parse(options), Number(expected)));
