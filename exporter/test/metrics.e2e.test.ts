import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../testbed/src/clock/wait.ts';
import { requireProgram } from '../../testbed/src/binaries.ts';
import { startPrometheus } from '../../testbed/src/prometheus.ts';
import { aPatch, aView } from '../src/metrics/__fixtures__/device-view.ts';
import { sampleFleet } from '../src/metrics/__fixtures__/sample-fleet.ts';
import { fleetFamilies } from '../src/metrics/catalogue.ts';
import { createExposition } from '../src/metrics/exposition/exposition.ts';
import { metricsHandler } from '../src/metrics/http/metrics-handler.ts';
import { createSelfMetrics } from '../src/metrics/self-metrics.ts';

/** Values that have broken exporters: escapes, control characters, other scripts, braces, commas. */
const hostile = [
  'a"b',
  'back\\slash',
  'two\nlines',
  'tab\tcr\r',
  'nul\0',
  '東京 🖥',
  '{x="1"} 5',
  'half \ud800',
  '\\',
  '# EOF',
];

const exposition = createExposition({
  families: fleetFamilies,
  organizationLabel: 'organization',
  clock: { now: () => Math.floor(Date.now() / 1000) },
});
const self = createSelfMetrics({ organizationLabel: 'organization', version: '0.0.0' });
/** The number of Node.js' own series changes from scrape to scrape, so counted scrapes go without them. */
const countable = createSelfMetrics({ organizationLabel: 'organization', version: '0.0.0', processMetrics: false });
const handlers = { '/metrics': metricsHandler(exposition, self), '/countable': metricsHandler(exposition, countable) };
let openMetrics = true;
const server = createServer((request, response) => {
  // Prometheus 2.42 always prefers OpenMetrics; this makes it take the text format.
  if (!openMetrics) request.headers.accept = 'text/plain;version=0.0.4';
  void handlers[request.url === '/countable' ? '/countable' : '/metrics'](request, response);
});
let address = '';

beforeAll(async () => {
  for (const view of sampleFleet) exposition.upsert(view);
  hostile.forEach((word, i) => {
    const facts = { organization: word, site: word, displayName: word, lastSeenAt: 1, patches: [aPatch({ id: word })] };
    exposition.upsert(aView({ key: `n:${String(i)}${word}`, instance: word, facts }));
  });
  for (let i = 0; i < 3000; i += 1) {
    exposition.upsert(
      aView({ key: `bulk:${String(i)}`, facts: { organization: 'bulk', lastSeenAt: 1_700_000_000.5 + i } }),
    );
  }
  for (const metrics of [self, countable]) metrics.quietClosed('a"b\\', 'returned', 12.5);
  await exposition.publish();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe('promtool', () => {
  it('finds nothing to object to', async () => {
    const { stdout: page } = await promisify(execFile)('curl', ['-sS', '--compressed', `http://${address}/metrics`], {
      maxBuffer: 1e8,
    });
    const promtool = spawn(requireProgram('promtool').file, ['check', 'metrics']);
    promtool.stdin.end(page);
    const [complaints, [code]] = await Promise.all([text(promtool.stderr), once(promtool, 'close')]);
    expect(complaints).toBe('');
    expect(code).toBe(0);
  });
});

describe('Prometheus', () => {
  it.each([true, false])('takes every sample (OpenMetrics: %s)', async (useOpenMetrics) => {
    openMetrics = useOpenMetrics;
    const prometheus = await startPrometheus({
      scrapeConfigs: [
        {
          job_name: 'patchhaven',
          metrics_path: '/countable',
          honor_labels: true,
          static_configs: [{ targets: [address] }],
        },
      ],
    });
    try {
      const query = (promql: string) => prometheus.query(promql);
      await eventually(async () => (await query('up{job="patchhaven"} == 1')).length === 1, {
        timeoutMs: 20_000,
        intervalMs: 200,
        what: 'a successful scrape',
      });
      const page = await (await fetch(`http://${address}/countable`)).text();
      const samples = page.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
      expect((await query('scrape_samples_scraped'))[0]?.value).toBe(samples.length);
      // None was merged with another: what was appended is what was read.
      expect((await query('scrape_samples_post_metric_relabeling'))[0]?.value).toBe(samples.length);
      const names = (await query('patch_device_info{source="n"}')).map(({ labels }) => labels['name']);
      const printable = hostile.map((word) => word.replace('\0', '\ufffd').replace('\ud800', '\ufffd'));
      expect(names.sort()).toEqual(printable.sort());
      const [bulk] = await query('count(patch_device_last_seen_timestamp_seconds{organization="bulk"})');
      expect(bulk?.value).toBe(3000);
    } finally {
      await prometheus.stop();
    }
  });
});
