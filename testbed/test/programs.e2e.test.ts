import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { createWorkFolder, startNodeExporter, startPostgres, startPushgateway } from '../src/index.ts';

async function getText(url: string): Promise<string> {
  return (await fetch(url)).text();
}

describe('node_exporter', () => {
  it('serves the boot time and the files of the textfile folder', async () => {
    const textfileFolder = path.join(createWorkFolder('textfile'), 'textfile');
    mkdirSync(textfileFolder);
    writeFileSync(path.join(textfileFolder, 'patches.prom'), 'patch_reboot_required 1\n');
    const exporter = await startNodeExporter({ textfileFolder });
    const metrics = await getText(exporter.metricsUrl);
    expect(metrics).toMatch(/^node_boot_time_seconds /m);
    expect(metrics).toMatch(/^patch_reboot_required 1$/m);
    await exporter.stop();
  });
});

describe('the Pushgateway', () => {
  it('keeps what was pushed until it is restarted', async () => {
    const gateway = await startPushgateway();
    await fetch(`${gateway.url}/metrics/job/patch`, { method: 'PUT', body: 'patch_reboot_required 1\n' });
    expect(await getText(`${gateway.url}/metrics`)).toContain('patch_reboot_required{instance="",job="patch"} 1');
    await gateway.restart();
    expect(await getText(`${gateway.url}/metrics`)).not.toContain('patch_reboot_required');
    await gateway.stop();
  });
});

describe('PostgreSQL', () => {
  async function queryNumber(url: string, sql: string): Promise<unknown> {
    const client = new Client({ connectionString: url });
    try {
      await client.connect();
      const { rows } = await client.query<{ answer: number }>(sql);
      return rows[0]?.answer;
    } finally {
      await client.end();
    }
  }

  it('keeps its tables over a restart and keeps databases apart', async () => {
    const postgres = await startPostgres();
    const url = await postgres.createDatabase('fleet');
    await queryNumber(url, 'CREATE TABLE devices AS SELECT 7 AS answer');
    await postgres.restart();
    expect(await queryNumber(url, 'SELECT answer FROM devices')).toBe(7);
    const other = await postgres.createDatabase('other');
    await expect(queryNumber(other, 'SELECT answer FROM devices')).rejects.toThrow('does not exist');
    await expect(postgres.createDatabase('x"; DROP DATABASE fleet')).rejects.toThrow('not a plain database name');
    await postgres.stop();
    await expect(queryNumber(url, 'SELECT 1 AS answer')).rejects.toThrow('ECONNREFUSED');
  });
});
