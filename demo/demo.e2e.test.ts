import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Outcome {
  readonly status: number | string | undefined;
  readonly stdout: string;
  readonly seconds: number;
}

function runDemo(): Promise<Outcome> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    execFile(process.execPath, ['--import', 'tsx', 'demo/src/main.ts'], { cwd: root }, (error, stdout) => {
      const status = error === null ? 0 : (error.code ?? undefined);
      resolve({ status, stdout, seconds: (performance.now() - startedAt) / 1000 });
    });
  });
}

it('plays the patch night in under two minutes, and every page is as it must be', { timeout: 240_000 }, async () => {
  const { status, stdout, seconds } = await runDemo();
  expect(stdout).toContain('Everything as it must be.');
  expect(stdout.match(/✓ as it must/g)).toHaveLength(7);
  expect(stdout.match(/PAGE {7}PagerDuty/g)).toHaveLength(4);
  // Not a terminal: no colours.
  expect(stdout).not.toContain('\u001b[');
  expect(status).toBe(0);
  expect(seconds).toBeLessThan(120);
});
