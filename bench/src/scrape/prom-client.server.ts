import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Gauge, Registry } from 'prom-client';
import type { DeviceView } from '../../../exporter/src/fleet/fleet-view.ts';
import { deviceFamilies } from '../../../exporter/src/metrics/catalogue.ts';
import { serve } from './contestant.ts';
import { FleetVersions } from './fleet.ts';

const fleet = new FleetVersions(Number(process.argv[2]));
const registry = new Registry();
const gauges = deviceFamilies.map((family) => ({
  family,
  gauge: new Gauge({
    name: family.name,
    help: family.help,
    labelNames: ['organization', 'instance', ...family.labels],
    registers: [registry],
  }),
}));

function set(view: DeviceView): void {
  const instance = view.identity.status === 'matched' ? view.identity.instance : '';
  const identity = { organization: view.state.facts.organization, instance };
  for (const { family, gauge } of gauges) {
    const samples = family.generate(view, 0);
    for (const { labels, value } of samples) {
      gauge.set({ ...identity, ...Object.fromEntries(family.labels.map((name, i) => [name, labels[i] ?? ''])) }, value);
    }
    if (samples.length === 0 && family.labels.length === 0) gauge.remove(identity);
  }
}

for (const view of fleet.all()) set(view);
const compress = promisify(gzip);

serve({
  poll: (share) => {
    for (const view of fleet.poll(share)) set(view);
    return Promise.resolve();
  },
  metrics: (_request, response) => {
    void registry
      .metrics()
      .then((text) => compress(text))
      .then((body) => {
        response.setHeader('Content-Encoding', 'gzip');
        response.end(body);
      });
  },
});
