import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSink } from '../../../exporter/src/app/sink.ts';
import { createCollector } from '../../../exporter/src/collection/collector.ts';
import type { FleetStream, ReadContext, RmmConnector } from '../../../exporter/src/connectors/connector.ts';
import { defaultPolicy } from '../../../exporter/src/domain/policy.ts';
import { systemClock } from '../../../exporter/src/domain/time.ts';
import { EventLog } from '../../../exporter/src/fleet/event-log.ts';
import { Fleet } from '../../../exporter/src/fleet/fleet.ts';
import { SourceBoard } from '../../../exporter/src/fleet/source-board.ts';
import { openStore } from '../../../exporter/src/store/open-store.ts';
import { createMeasuredSource, type Memory } from './measured-source.ts';

/** One read through the collector, into the fleet and SQLite. */
export interface StoredReading extends Memory {
  readonly what: string;
  readonly devices: number;
  readonly stored: number;
  readonly seconds: number;
}

const rounds = [
  { what: 'all new', tag: 'first', watch: 'live' },
  { what: 'nothing new', tag: 'first', watch: 'live' },
  { what: 'every device changed', tag: 'second', watch: 'live' },
  { what: 'every device changed again', tag: 'third', watch: 'rss' },
] as const;

/** Reads one source round after round into one store. */
async function readIntoStore(type: string, options: unknown): Promise<readonly StoredReading[]> {
  const source = createMeasuredSource(type, options);
  const { heap } = source;
  const folder = mkdtempSync(join(tmpdir(), 'bench-connectors-'));
  const store = await openStore(`sqlite:${join(folder, 'store.db')}`);
  const sources = new SourceBoard();
  const fleet = new Fleet({
    clock: systemClock,
    sources,
    policy: () => defaultPolicy.compliance,
    perOrganization: () => false,
  });
  const sink = createSink({
    fleet,
    log: new EventLog(store, fleet),
    store,
    sources,
    groups: () => [],
    flushOrganizations: () => {
      heap.step();
      return Promise.resolve();
    },
    onRun: () => undefined,
  });
  const world = { tag: '' };
  const ignore = (): void => undefined;
  const collector = createCollector({
    connector: tagged(source.connector, world),
    sink,
    clock: systemClock,
    log: { info: ignore, warn: ignore, error: ignore },
  });
  const readings: StoredReading[] = [];
  try {
    for (const { what, tag, watch } of rounds) {
      world.tag = tag;
      heap.start(watch);
      const startedAt = performance.now();
      const run = await collector.snapshot(new AbortController().signal);
      if (!run.ok) throw new Error(`${what}: ${run.reason ?? ''} ${run.message ?? ''}`);
      const seconds = (performance.now() - startedAt) / 1000;
      const { devices = 0, events = 0 } = run;
      readings.push({ what, devices, stored: events, seconds, ...heap.stop() });
    }
    return readings;
  } finally {
    await store.close();
    rmSync(folder, { recursive: true });
  }
}

/** The same source, whose devices all carry one tag more. */
function tagged({ stream, ...connector }: RmmConnector, world: { readonly tag: string }): RmmConnector {
  async function* withTag(context: ReadContext): FleetStream {
    if (stream === undefined) throw new Error(`${connector.type} does not stream`);
    const pages = stream(context);
    for (;;) {
      const step = await pages.next();
      if (step.done === true) return step.value;
      yield step.value.map((facts) => ({ ...facts, tags: [...facts.tags, world.tag] }));
    }
  }
  return { ...connector, stream: withTag };
}

const [type = '', options = '{}'] = process.argv.slice(2);
process.send?.(await readIntoStore(type, JSON.parse(options)));
