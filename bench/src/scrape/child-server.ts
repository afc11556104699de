import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Usage } from './contestant.ts';

/** A contestant as the bench drives it. */
export interface Driven {
  readonly name: string;
  readonly metricsUrl: string;
  /** Milliseconds until the poll's changes are visible. */
  poll(share: number): Promise<number>;
  /** Also starts a new watch for the longest event-loop block. */
  usage(reset: boolean): Promise<Usage>;
  stop(): Promise<void>;
}

/** Starts `<file>` beside this one; ready when it has printed its port. It ends with us, whatever ends us. */
export async function startContestant(name: string, file: string, argument: string): Promise<Driven> {
  const script = fileURLToPath(new URL(file, import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', '--max-old-space-size=8192', script, argument], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [port] = (await Promise.race([
    once(createInterface(child.stdout), 'line'),
    once(child, 'exit').then(() => Promise.reject(new Error(`${name} ended while starting`))),
  ])) as [string];
  const ask = async <T>(path: string) => (await (await fetch(`http://127.0.0.1:${port}${path}`)).json()) as T;
  return {
    name,
    metricsUrl: `http://127.0.0.1:${port}/metrics`,
    poll: async (share) => (await ask<{ visibleMs: number }>(`/poll?share=${String(share)}`)).visibleMs,
    usage: (reset) => ask<Usage>(reset ? '/reset' : '/usage'),
    stop: async () => {
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
    },
  };
}
