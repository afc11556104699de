import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectorTypes } from '../src/connectors/registry.ts';
import { systemSleep } from '../src/connectors/sleep.ts';
import type { DeviceFacts } from '../src/domain/device.ts';
import { systemClock } from '../src/domain/time.ts';
import { eventually } from '../../testbed/src/clock/wait.ts';
import { type NodeExporterServer, startNodeExporter } from '../../testbed/src/node-exporter.ts';
import { type PrometheusServer, startPrometheus } from '../../testbed/src/prometheus.ts';

/** The chain that is real here: this machine's package manager, the agent's file, node_exporter, Prometheus. */
describe('a host without an RMM', () => {
  const agent = fileURLToPath(new URL('../../agents/patchhaven-host.sh', import.meta.url));
  const folder = mkdtempSync(join(tmpdir(), 'patchhaven-textfile-'));
  const file = join(folder, 'patchhaven.prom');
  let node: NodeExporterServer;
  let prometheus: PrometheusServer;

  const connector = (options: Record<string, unknown> = {}) =>
    connectorTypes['prometheus']?.create(
      { baseUrl: prometheus.url, ...options },
      {
        id: 'hosts',
        organizationKey: (id) => id,
        fetch,
        clock: systemClock,
        sleep: systemSleep,
        random: Math.random,
      },
    );
  const context = { clock: systemClock, signal: new AbortController().signal, progress: () => undefined };
  const read = async (options?: Record<string, unknown>): Promise<readonly DeviceFacts[]> =>
    (await connector(options)?.collect?.(context))?.devices ?? [];

  beforeAll(async () => {
    await promisify(execFile)('bash', [agent, '--output', file], { timeout: 50_000 });
    node = await startNodeExporter({ textfileFolder: folder });
    prometheus = await startPrometheus({
      externalLabels: { organization: 'acme' },
      scrapeConfigs: [{ job_name: 'node', static_configs: [{ targets: [node.address] }] }],
    });
    await eventually(async () => (await prometheus.query('patchhaven_host_generated_timestamp_seconds')).length === 1);
  });

  afterAll(async () => {
    await Promise.all([prometheus.stop(), node.stop()]);
    rmSync(folder, { recursive: true });
  });

  it('has what its package manager says, in the organization of its Prometheus', async () => {
    const [host, ...others] = await read();
    const counted = await prometheus.query('sum(patchhaven_host_updates{status="missing"})');
    const booted = await prometheus.query('node_boot_time_seconds');
    expect(others).toEqual([]);
    expect(host).toMatchObject({ organization: 'acme', instance: node.address, os: { family: 'linux' } });
    expect(host?.lastBootAt).toBe(booted[0]?.value);
    const missing = host?.patches?.filter(({ status }) => status === 'missing') ?? [];
    expect(missing).toHaveLength(Math.min(200, counted[0]?.value ?? -1));
    const installed = await prometheus.query('patchhaven_host_installed_timestamp_seconds');
    expect(host?.patches?.filter(({ status }) => status === 'installed')).toHaveLength(installed.length);
  });

  it('keeps what it said for a while after it went down', async () => {
    const [before] = await read();
    const seen = 'max_over_time(timestamp(up == 1)[1m:5s])';
    await eventually(async () => (await prometheus.query(seen)).length === 1);
    await node.stop();
    await eventually(async () => (await prometheus.query('up'))[0]?.value === 0);
    const [down] = await read();
    expect({ ...down, lastSeenAt: 0 }).toEqual({ ...before, lastSeenAt: 0 });
    expect(Math.abs((down?.lastSeenAt ?? 0) - (before?.lastSeenAt ?? 0))).toBeLessThan(30);
    expect((await connector()?.lookup?.(down?.vendorId ?? '', context))?.facts?.patches).toEqual(before?.patches);
    await node.restart();
    await eventually(async () => (await prometheus.query('up'))[0]?.value === 1);
  });

  it('says nothing about updates once its file is stale', async () => {
    const old = systemClock.now() - 7200;
    utimesSync(file, old, old);
    await eventually(
      async () => ((await prometheus.query('node_textfile_mtime_seconds'))[0]?.value ?? Infinity) < old + 1,
    );
    const [stale] = await read();
    expect([stale?.patches, stale?.rebootPending]).toEqual([undefined, undefined]);
    expect(stale?.lastBootAt).toBeGreaterThan(0);
  });

  it('is a failed read when Prometheus is gone, not an empty fleet', async () => {
    await prometheus.stop();
    await expect(read({ http: { timeoutSeconds: 1 } })).rejects.toMatchObject({ kind: 'unavailable' });
    await prometheus.restart();
  });
});
