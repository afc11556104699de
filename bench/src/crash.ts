import { setTimeout as sleep } from 'node:timers/promises';
import { openStore } from '../../exporter/src/store/open-store.ts';
import type { Bench, BenchOptions } from './bench.ts';
import { createExporter, type BenchExporter } from './exporter/exporter.ts';
import { Connection, requestHead } from './load/connection.ts';
import { EventSource } from './load/events.ts';
import { formatSpread, spread } from './statistics.ts';

const kills = 50;
const batch = 100;
const connections = 8;
const devices = 1000;
const prefix = 'crash';

/** A sender as it should be: what was not acknowledged is sent again, under the same ids. */
class Sender {
  readonly acknowledged = new Set<number>();
  duplicates = 0;
  sent = 0;
  readonly #unanswered = new Set<number>();
  readonly #source = new EventSource(devices, prefix);
  readonly #head: string;

  constructor(token: string) {
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    this.#head = requestHead('POST', '/api/v1/events', headers);
  }

  /** Sends until the server is gone. `onFirst` is told of the first acknowledgement. */
  async sendUntilKilled(url: string, onFirst: () => void): Promise<void> {
    const opened = await Promise.all(Array.from({ length: connections }, () => Connection.open(url)));
    const again = [...this.#unanswered];
    await Promise.all(
      opened.map(async (connection) => {
        for (;;) {
          const number = again.pop() ?? this.sent++;
          this.#unanswered.add(number);
          const answer = await connection
            .send(this.#head, this.#source.batchAt(number * batch, batch))
            .catch(() => undefined);
          if (answer === undefined) return;
          const { accepted, duplicates } = JSON.parse(answer.body) as { accepted: number; duplicates: number };
          if (answer.status !== 202 || accepted + duplicates !== batch) throw new Error(answer.body);
          this.duplicates += duplicates;
          this.#unanswered.delete(number);
          this.acknowledged.add(number);
          onFirst();
        }
      }),
    );
  }
}

/** Kills the exporter while events are posted, again and again, and counts what is there afterwards. */
export const crashBench: Bench = {
  name: 'crash',
  run: async ({ log }: BenchOptions) => {
    const exporter = await createExporter(devices);
    const sender = new Sender(exporter.token);
    const startsMs: number[] = [];
    for (let kill = 0; kill < kills; kill += 1) {
      const startedAt = performance.now();
      await exporter.start();
      startsMs.push(performance.now() - startedAt);
      await sendAndKill(exporter, sender);
      if ((kill + 1) % 10 === 0)
        log(`${String(kill + 1)} kills, ${String(sender.acknowledged.size)} batches acknowledged`);
    }
    const stored = await countStored(exporter.storeUrl);
    const acknowledged = [...sender.acknowledged].flatMap((n) =>
      Array.from({ length: batch }, (_, i) => n * batch + i),
    );
    const lost = acknowledged.filter((event) => !stored.has(event)).length;
    const twice = [...stored.values()].filter((count) => count > 1).length;
    const torn = countTorn(stored);
    const raw = { kills, acknowledged: acknowledged.length, stored: stored.size, lost, twice, torn, startsMs };
    return {
      name: 'crash',
      tables: [
        {
          title: `${String(kills)} × kill -9 of the exporter while ${String(connections)} connections post batches of ${String(batch)}`,
          columns: [
            'acknowledged events',
            'stored',
            'stored, acknowledgement lost',
            'sent again as duplicates',
            'restart ms',
          ],
          rows: [
            [
              String(acknowledged.length),
              String(stored.size),
              String(stored.size - acknowledged.length + lost),
              String(sender.duplicates),
              formatSpread(spread(startsMs)),
            ],
          ],
        },
      ],
      goals: [
        { what: 'acknowledged events lost', goal: '0', measured: String(lost), met: lost === 0 },
        { what: 'events stored twice', goal: '0', measured: String(twice), met: twice === 0 },
        { what: 'batches stored in part', goal: '0', measured: String(torn), met: torn === 0 },
        // Without load there is nothing to lose, and the zeros above would say nothing.
        {
          what: 'events acknowledged',
          goal: '≥ 50,000',
          measured: String(acknowledged.length),
          met: acknowledged.length >= 50_000,
        },
      ],
      raw,
    };
  },
};

async function sendAndKill(exporter: BenchExporter, sender: Sender): Promise<void> {
  let killed: Promise<void> | undefined;
  await sender.sendUntilKilled(exporter.url, () => {
    killed ??= sleep(50 + Math.random() * 350).then(() => exporter.kill());
  });
  await killed;
}

/** How often each event number is in the log. */
async function countStored(url: string): Promise<Map<number, number>> {
  const counts = new Map<number, number>();
  const store = await openStore(url);
  for (let afterSeq = 0; ;) {
    const page = await store.queryEvents({ scope: 'all', order: 'asc', limit: 10_000, afterSeq });
    for (const { dedupKey } of page) {
      const number = Number(dedupKey.slice(dedupKey.lastIndexOf('-') + 1));
      counts.set(number, (counts.get(number) ?? 0) + 1);
    }
    const last = page.at(-1);
    if (last === undefined) break;
    afterSeq = last.seq;
  }
  await store.close();
  return counts;
}

/** Batches of which some events are in the log and others are not. */
function countTorn(stored: ReadonlyMap<number, number>): number {
  const sizes = new Map<number, number>();
  for (const event of stored.keys()) {
    const number = Math.floor(event / batch);
    sizes.set(number, (sizes.get(number) ?? 0) + 1);
  }
  return [...sizes.values()].filter((size) => size !== batch).length;
}
