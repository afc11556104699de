import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { eventually, startProcess, createWorkFolder } from '../src/index.ts';

const parentFile = fileURLToPath(new URL('./support/parent.ts', import.meta.url));

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('children of a test run', () => {
  it.each([
    ['returns with process.exit', 'exit', undefined],
    ['throws an uncaught error', 'throw', undefined],
    ['gets SIGINT', 'wait', 'SIGINT'],
    ['gets SIGTERM', 'wait', 'SIGTERM'],
    ['gets SIGKILL', 'wait', 'SIGKILL'],
  ] as const)('end, and their folder with them, when the parent %s', async (_case, ending, signal) => {
    const parent = spawn(process.execPath, ['--import', 'tsx', parentFile, ending], {
      stdio: ['ignore', 'pipe', ending === 'throw' ? 'ignore' : 'inherit'],
    });
    const [line] = (await once(parent.stdout, 'data', { signal: AbortSignal.timeout(20_000) })) as [Buffer];
    const { pid, logFile } = JSON.parse(line.toString()) as { pid: number; logFile: string };
    expect(pid).toBeGreaterThan(1);
    if (signal !== undefined) parent.kill(signal);
    await eventually(() => !isAlive(pid), { timeoutMs: 5000, what: 'the child to end' });
    await eventually(() => !existsSync(path.dirname(logFile)), { timeoutMs: 5000, what: 'the folder to go' });
  });
});

describe('a program that does not start', () => {
  const shell = (script: string) =>
    startProcess({
      name: 'shell',
      file: '/bin/sh',
      args: ['-c', script],
      folder: createWorkFolder('shell'),
      ready: () => Promise.resolve(false),
      readyTimeoutMs: 300,
    });

  it('is reported with its last words when it ends', async () => {
    await expect(shell('echo "no such flag" >&2; exit 2')).rejects.toThrow(/ended while starting\nno such flag/);
  });

  it('is killed and reported when it never gets ready', async () => {
    await expect(shell('echo $$; exec sleep 60')).rejects.toThrow(/did not become ready\n\d+/);
  });
});
