import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server under test, in a process of its own. */
export interface Contestant {
  /** Applies a poll that changes this share of the devices, and returns when a scrape would show it. */
  poll(share: number): Promise<void>;
  metrics(request: IncomingMessage, response: ServerResponse): void;
}

/** What a process has used since its start, and its longest event-loop block since the last reset. */
export interface Usage {
  readonly cpuMs: number;
  readonly blockMs: number;
  readonly rssKib: number;
  readonly peakRssKib: number;
}

/** No bench takes longer; a server whose parent was killed must not stay. */
const maxLifeMs = 30 * 60_000;

/** Serves a contestant on a free loopback port, which it prints, until stdin closes. */
export function serve(contestant: Contestant): void {
  const block = watchBlock();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname === '/metrics') {
      contestant.metrics(request, response);
      return;
    }
    void control(url, contestant, block).then((answer) => response.end(JSON.stringify(answer)));
  });
  server.listen(0, '127.0.0.1', () => {
    process.stdout.write(`${String((server.address() as AddressInfo).port)}\n`);
  });
  const end = () => process.exit();
  process.stdin.on('end', end).resume();
  setTimeout(end, maxLifeMs).unref();
}

async function control(url: URL, contestant: Contestant, block: ReturnType<typeof watchBlock>): Promise<unknown> {
  if (url.pathname === '/poll') {
    const startedAt = performance.now();
    await contestant.poll(Number(url.searchParams.get('share')));
    return { visibleMs: performance.now() - startedAt };
  }
  const { user, system } = process.cpuUsage();
  const usage = { cpuMs: (user + system) / 1000, blockMs: block.worstMs(), ...readMemory(process.pid) } satisfies Usage;
  if (url.pathname === '/reset') block.reset();
  return usage;
}

/** The largest gap of a 1 ms timer. */
function watchBlock() {
  let last = performance.now();
  let worst = 0;
  const look = () => {
    const now = performance.now();
    worst = Math.max(worst, now - last - 1);
    last = now;
  };
  setInterval(look, 1);
  return {
    reset: () => {
      look();
      worst = 0;
    },
    worstMs: () => {
      look();
      return worst;
    },
  };
}

export function readMemory(pid: number): Pick<Usage, 'rssKib' | 'peakRssKib'> {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  const read = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]);
  return { rssKib: read('VmRSS'), peakRssKib: read('VmHWM') };
}
