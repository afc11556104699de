import { systemClock } from '../../../exporter/src/domain/time.ts';
import { createMeasuredSource, type Memory } from './measured-source.ts';

/** What reading a whole fleet cost, as its own process sees it. */
export interface Reading {
  readonly devices: number;
  readonly seconds: number;
  readonly requests: number;
  readonly refusals: number;
  /** Of a first read, left to itself. */
  readonly peakRssMib: number;
  /** Of a second one. */
  readonly liveMib: NonNullable<Memory['liveMib']>;
  /** How often progress was told. */
  readonly steps: number;
}

/** Reads one source twice and lets go of every device as it comes. Runs with --expose-gc and tells the result by IPC. */
async function read(type: string, options: unknown): Promise<Reading> {
  const { connector, heap, requests, refusals } = createMeasuredSource(type, options);
  let steps = 0;
  const drain = async (): Promise<number> => {
    if (connector.stream === undefined) throw new Error(`${type} does not stream`);
    const context = { clock: systemClock, signal: new AbortController().signal, progress: () => void (steps += 1) };
    let devices = 0;
    const stream = connector.stream(context);
    for (let step = await stream.next(); step.done !== true; step = await stream.next()) devices += step.value.length;
    return devices;
  };
  heap.start('rss');
  const startedAt = performance.now();
  const devices = await drain();
  const seconds = (performance.now() - startedAt) / 1000;
  const cost = { devices, seconds, requests: requests(), refusals: refusals(), steps };
  const { peakRssMib = NaN } = heap.stop();
  heap.start('live');
  await drain();
  const { liveMib = { before: NaN, most: NaN, after: NaN } } = heap.stop();
  return { ...cost, peakRssMib, liveMib };
}

const [type = '', options = '{}'] = process.argv.slice(2);
process.send?.(await read(type, JSON.parse(options)));
