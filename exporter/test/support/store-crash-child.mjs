// Appends events for ever and prints the number of each one that was acknowledged; its parent kills it.
// Arguments: URL of open-store.js, store URL, first event number.
import { writeSync } from 'node:fs';

const [moduleUrl, storeUrl, first] = process.argv.slice(2);
const { openStore } = await import(moduleUrl);
const store = await openStore(storeUrl, { segmentSize: 256 });
let next = Number(first);

async function appendForEver() {
  for (;;) {
    const from = next;
    const count = 1 + (from % 60);
    next += count;
    const events = Array.from({ length: count }, (_, i) => ({
      source: 'crash',
      dedupKey: String(from + i),
      organization: 'acme',
      device: `crash:${(from + i) % 50}`,
      occurredAt: from + i,
      receivedAt: from + i,
      type: 'reboot.pending',
      data: {},
    }));
    await store.appendEvents(events, { source: 'crash', cursor: String(from) });
    writeSync(1, `${from} ${count}\n`);
  }
}

await Promise.all([appendForEver(), appendForEver(), appendForEver(), appendForEver()]);
