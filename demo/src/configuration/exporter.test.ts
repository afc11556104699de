import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sourceSchemas } from '../../../exporter/src/app/serve.ts';
import { loadConfig } from '../../../exporter/src/config/load.ts';
import { factor } from '../scale.ts';
import { delivered } from './delivered.ts';
import { rewriteExporter } from './exporter.ts';

describe('rewriteExporter', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'patchhaven-demo-'));
    writeFileSync(path.join(folder, 'secret'), 'simulator-secret');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('gives a configuration that the exporter takes, with its own policy at the scale of the demo', () => {
    const file = path.join(folder, 'patchhaven.yaml');
    const text = rewriteExporter(delivered.exporter(), {
      factor,
      storageUrl: 'sqlite:/tmp/none.db',
      prometheusUrl: 'http://127.0.0.1:1',
      ninjaUrl: 'http://127.0.0.1:2',
      clientSecretFile: path.join(folder, 'secret'),
      organizations: [{ key: 'larkspur', name: 'Larkspur Dental', vendorIds: ['2'] }],
      checks: [{ name: 'nginx', query: 'up{instance="{{instance}}"}', devices: ['app-01'] }],
    });
    writeFileSync(file, text);
    const config = loadConfig(file, { sourceSchemas, env: {} });
    expect(config.policy).toMatchObject({
      budget: { defaultSeconds: 60, capSeconds: 240 },
      contextDelaySeconds: 4,
      dailyCapSeconds: 480,
      returnStableSeconds: 2,
      verification: { settleSeconds: 10, intervalSeconds: 1, rounds: 2 },
    });
    expect(config.sources).toMatchObject([{ id: 'ninja', intervalSeconds: 30, eventsIntervalSeconds: 1 }]);
    expect(config.watcher.intervalSeconds).toBeCloseTo(5 * factor, 2);
    expect(config.checks.map(({ name }) => name)).toContain('nginx');
    expect(config.prometheus).toMatchObject([{ url: 'http://127.0.0.1:1' }]);
  });
});
