import type { RmmConnector } from '../../../exporter/src/connectors/connector.ts';
import { connectorTypes } from '../../../exporter/src/connectors/registry.ts';
import { systemSleep } from '../../../exporter/src/connectors/sleep.ts';
import { systemClock } from '../../../exporter/src/domain/time.ts';

/** Collecting garbage takes longer than most answers. */
const lookEvery = 5;

/** A connector of the registry, and what its requests and the memory of this process come to. */
export interface MeasuredSource {
  readonly connector: RmmConnector;
  readonly heap: HeapWatch;
  requests(): number;
  /** Answers of 429. */
  refusals(): number;
}

export function createMeasuredSource(type: string, options: unknown): MeasuredSource {
  const definition = connectorTypes[type];
  if (definition === undefined) throw new Error(`no connector ${type}`);
  const heap = new HeapWatch();
  let requests = 0;
  let refusals = 0;
  const connector = definition.create(options, {
    id: 'bench',
    organizationKey: (id) => id,
    fetch: async (input, init) => {
      requests += 1;
      heap.step();
      const response = await fetch(input, init);
      if (response.status === 429) refusals += 1;
      return response;
    },
    clock: systemClock,
    sleep: systemSleep,
    random: Math.random,
  });
  return { connector, heap, requests: () => requests, refusals: () => refusals };
}

export interface Memory {
  /** Live before, at most meanwhile and afterwards; undefined where only the size of the process was watched. */
  readonly liveMib?: { readonly before: number; readonly most: number; readonly after: number };
  /** Undefined where garbage was collected out of turn, which makes a process smaller than it would be. */
  readonly peakRssMib?: number;
}

/** Watches one of two things at a time: what is alive (run with --expose-gc), or how large the process grows by itself. */
export class HeapWatch {
  #what: 'live' | 'rss' = 'rss';
  #steps = 0;
  #before = 0;
  #most = 0;

  start(what: 'live' | 'rss'): void {
    this.#what = what;
    this.#most = 0;
    this.#before = this.#look();
  }

  /** Something may have been added. */
  step(): void {
    this.#steps += 1;
    if (this.#what === 'rss' || this.#steps % lookEvery === 0) this.#look();
  }

  stop(): Memory {
    const after = this.#look();
    if (this.#what === 'rss') return { peakRssMib: this.#most };
    return { liveMib: { before: this.#before, most: this.#most, after } };
  }

  #look(): number {
    const mib = (this.#what === 'rss' ? process.memoryUsage.rss() : liveBytes()) / 2 ** 20;
    this.#most = Math.max(this.#most, mib);
    return mib;
  }
}

/** Bodies and packed batches lie outside of the heap. */
function liveBytes(): number {
  global.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
