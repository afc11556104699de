import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { systemSleep } from '../src/connectors/sleep.ts';
import { systemClock } from '../src/domain/time.ts';
import { connectorTypes } from '../src/connectors/registry.ts';
import { createOrganizationDirectory } from '../src/identity/organization.ts';
import { expect, it, onTestFinished } from 'vitest';

const devices = 50_000;
const memoryLimitBytes = 1_000_000_000;

/** Starts the simulator in a process of its own, so that memory and time measured here are the connector's. */
async function startSimulator(): Promise<string> {
  const main = fileURLToPath(new URL('../../simulators/ninjaone/src/main.ts', import.meta.url));
  const flags = ['--devices', String(devices), '--organizations', '200'];
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill());
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /http:\/\/[\d.]+:\d+/.exec(line)?.[0];
    if (url !== undefined) return url;
  }
  throw new Error('the simulator did not start');
}

it('reads 50,000 devices in bounded memory and shows progress', async () => {
  const connector = connectorTypes['ninjaone']?.create(
    {
      baseUrl: await startSimulator(),
      clientId: 'simulator-client',
      clientSecret: 'simulator-secret',
      http: { requestsPerSecond: 1000, burst: 1000, timeoutSeconds: 60 },
    },
    {
      id: 'ninja',
      organizationKey: createOrganizationDirectory().forSource('ninja'),
      fetch,
      clock: systemClock,
      sleep: systemSleep,
      random: Math.random,
    },
  );
  const before = process.memoryUsage.rss();
  let peak = before;
  const progress = new Map<string, number>();
  const snapshot = await connector?.collect?.({
    clock: systemClock,
    signal: new AbortController().signal,
    progress: (what, count) => {
      peak = Math.max(peak, process.memoryUsage.rss());
      progress.set(what, count);
    },
  });
  expect(snapshot?.devices.length).toBeGreaterThan(devices * 0.9);
  expect(snapshot).toMatchObject({ dropped: {}, unknownWords: {} });
  expect(progress.get('devices')).toBe(devices);
  expect([...progress.keys()]).toEqual(['patches', 'installs', 'health', 'operating systems', 'devices']);
  expect(peak - before).toBeLessThan(memoryLimitBytes);
});
