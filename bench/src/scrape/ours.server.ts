import { fleetFamilies } from '../../../exporter/src/metrics/catalogue.ts';
import { systemClock } from '../../../exporter/src/domain/time.ts';
import { createExposition } from '../../../exporter/src/metrics/exposition/exposition.ts';
import { metricsHandler } from '../../../exporter/src/metrics/http/metrics-handler.ts';
import { createSelfMetrics } from '../../../exporter/src/metrics/self-metrics.ts';
import { serve } from './contestant.ts';
import { FleetVersions } from './fleet.ts';

const fleet = new FleetVersions(Number(process.argv[2]));
const exposition = createExposition({ families: fleetFamilies, organizationLabel: 'organization', clock: systemClock });
const self = createSelfMetrics({ organizationLabel: 'organization', version: 'bench' });
const handler = metricsHandler(exposition, self);
let read = 0;
for (const view of fleet.all()) {
  exposition.upsert(view);
  // As a collector does: what was read is published before the whole fleet is in memory twice.
  if (++read % 5000 === 0) await exposition.publish();
}
await exposition.publish();

serve({
  poll: async (share) => {
    for (const view of fleet.poll(share)) exposition.upsert(view);
    await exposition.publish();
  },
  metrics: (request, response) => void handler(request, response),
});
