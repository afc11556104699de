import { execFile } from 'node:child_process';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import express from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { aView, now } from '../__fixtures__/device-view.ts';
import { parseSamples } from '../__fixtures__/parse-text.ts';
import { fleetFamilies } from '../catalogue.ts';
import { createExposition } from '../exposition/exposition.ts';
import type { ScrapeBody } from '../exposition/scrape-body.ts';
import { createSelfMetrics } from '../self-metrics.ts';
import { metricsHandler, type MetricsHandlerOptions } from './metrics-handler.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function setUp({
  devices = 3,
  publish = true,
  body,
  ...options
}: MetricsHandlerOptions & { devices?: number; publish?: boolean; body?: ScrapeBody } = {}) {
  const exposition = createExposition({
    families: fleetFamilies,
    organizationLabel: 'organization',
    clock: { now: () => now },
  });
  const self = createSelfMetrics({ organizationLabel: 'organization', version: '1.2.3' });
  self.quietClosed('acme', 'returned', 60);
  self.quietClosed('globex', 'overdue', 1800);
  for (let i = 0; i < devices; i += 1) {
    const organization = i % 2 === 0 ? 'acme' : 'globex';
    exposition.upsert(aView({ key: `n:${String(i)}`, facts: { organization, lastSeenAt: now } }));
  }
  if (publish) await exposition.publish();
  const handler = metricsHandler(
    body === undefined ? exposition : { ...exposition, scrape: () => body },
    self,
    options,
  );
  const server = createServer((request, response) => void handler(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/metrics`;
  return { url, exposition, handler };
}

const request = (url: string, headers: Record<string, string> = {}) =>
  new Promise<IncomingMessage>((resolve, reject) => get(url, { headers }, resolve).on('error', reject));

describe('metricsHandler', () => {
  it('sends the same text with and without gzip, with lengths that hold', async () => {
    const { url } = await setUp();
    const query = '?collect[]=patch_device_info&collect[]=patchhaven_build_info';
    const zipped = await request(url + query, { 'accept-encoding': 'gzip' });
    expect(zipped.headers['content-encoding']).toBe('gzip');
    const plain = await request(url + query);
    expect(plain.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = (await buffer(plain)).toString();
    expect(gunzipSync(await buffer(zipped)).toString()).toBe(text);
    expect(text).toMatch(
      /^# HELP patch_device_info .*patchhaven_build_info\{version="1.2.3",nodeversion="v[^"]+"\} 1\n$/s,
    );
  });

  it('is read completely by curl --compressed', async () => {
    const { url } = await setUp({ devices: 2000 });
    const { stdout } = await promisify(execFile)('curl', ['-sS', '--fail', '--compressed', url], { maxBuffer: 1e8 });
    expect(parseSamples(stdout.replaceAll(/^(?!patch_device).*$/gm, '')).size).toBe(4000);
  });

  it('answers 503 until the fleet is loaded: an empty page would say that there are no devices', async () => {
    const { url } = await setUp({ publish: false });
    expect((await request(url)).statusCode).toBe(503);
  });

  it('answers HEAD without a body, refuses other methods and questions it does not understand', async () => {
    const { url } = await setUp();
    const head = await fetch(url, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect((await fetch(url, { method: 'POST' })).status).toBe(405);
    expect((await fetch(`${url}?collect[]=nonsense`)).status).toBe(400);
  });

  it('answers a target that is no URL', async () => {
    const { url } = await setUp();
    const { port } = new URL(url);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get({ host: '127.0.0.1', port, path: '//?collect[]=patch_device_info' }, resolve).on('error', reject);
    });
    expect(response.statusCode).toBe(200);
    response.resume();
  });

  it('shows a caller with a scope nothing of other organizations, whatever it asks for', async () => {
    const { url } = await setUp({ scope: () => new Set(['acme']) });
    for (const query of [
      '',
      '?organization[]=globex',
      '?organization[]=acme&organization[]=globex',
      '?shard=0&shards=1',
    ]) {
      const text = await (await fetch(url + query)).text();
      expect(text).not.toContain('globex');
      expect(text).not.toContain('process_');
      expect(text).not.toContain('patchhaven_exposed_devices');
      expect(text).toContain('patchhaven_snapshot_timestamp_seconds');
    }
    expect(await (await fetch(url)).text()).toContain(
      'patch_quiet_windows_total{organization="acme",outcome="returned"} 1',
    );
  });

  it('shows a caller with an empty scope no devices at all', async () => {
    const { url } = await setUp({ scope: () => new Set() });
    expect(await (await fetch(url)).text()).not.toContain('acme');
  });

  it('serves every reader of one snapshot the same bytes while publishing goes on', async () => {
    const { url, exposition } = await setUp({ devices: 1000 });
    const read = async () => gunzipSync(await buffer(await request(url, { 'accept-encoding': 'gzip' }))).toString();
    for (let round = 0; round < 3; round += 1) {
      for (let i = 0; i < 1000; i += 1)
        exposition.upsert(aView({ key: `n:${String(i)}`, facts: { lastSeenAt: round } }));
      const published = exposition.publish();
      const texts = await Promise.all([read(), read(), read()]);
      await published;
      for (const text of texts) {
        const values = [...text.matchAll(/^patch_device_last_seen\S+ (\d+)$/gm)].map((match) => match[1]);
        expect(values).toHaveLength(1000);
        expect(new Set(values).size).toBe(1);
      }
    }
  });

  it('survives readers that leave in the middle', async () => {
    const { url } = await setUp({ devices: 20_000 });
    for (const encoding of ['gzip', 'identity']) {
      const response = await request(url, { 'accept-encoding': encoding });
      response.destroy();
    }
    expect((await fetch(`${url}?collect[]=patch_device_info`)).status).toBe(200);
  });

  it.each(['identity', 'gzip'])(
    'cuts off a reader of %s that is too slow, for it holds a snapshot',
    async (encoding) => {
      // More than sockets buffer, in either encoding.
      const stored = Buffer.alloc(40_000_000);
      const body = {
        contentType: 'text/plain',
        gzipBytes: stored.length,
        textBytes: stored.length,
        gzip: () => [stored],
        text: () => Readable.from([stored]),
      };
      const { url } = await setUp({ writeTimeoutMs: 200, body });
      const response = await request(url, { 'accept-encoding': encoding });
      // Longer than the limit: what the sockets buffer in the meantime is only a part of the answer.
      await setTimeout(600);
      await expect(buffer(response)).rejects.toThrow('aborted');
    },
  );

  it('works mounted in express', async () => {
    const { handler } = await setUp();
    const server = express().get('/metrics', handler).listen(0, '127.0.0.1');
    closers.push(() => server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/metrics?collect[]=patch_device_info`;
    expect(await (await fetch(url)).text()).toContain('device="n:2"');
  });
});
