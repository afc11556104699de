import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Child {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts an anchor `<file>` beside this one; ready when it has printed its port. It ends with us. */
export async function startChild(file: string, argument: string): Promise<Child> {
  const script = fileURLToPath(new URL(file, import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, argument], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [port] = (await Promise.race([
    once(createInterface(child.stdout), 'line'),
    once(child, 'exit').then(() => Promise.reject(new Error(`${file} ended while starting`))),
  ])) as [string];
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
    },
  };
}
