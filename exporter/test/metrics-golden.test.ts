import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { now } from '../src/metrics/__fixtures__/device-view.ts';
import { parseSamples } from '../src/metrics/__fixtures__/parse-text.ts';
import { sampleFleet } from '../src/metrics/__fixtures__/sample-fleet.ts';
import { fleetFamilies } from '../src/metrics/catalogue.ts';
import { createExposition } from '../src/metrics/exposition/exposition.ts';

async function scrapeSampleFleet(): Promise<string> {
  const clock = { now: () => now };
  const exposition = createExposition({ families: fleetFamilies, organizationLabel: 'organization', clock });
  for (const view of sampleFleet) exposition.upsert(view);
  await exposition.publish();
  const body = exposition.scrape({ format: 'text' });
  return body === undefined ? '' : text(body.text());
}

describe('the text format', () => {
  it('is what the golden file shows (vitest -u rewrites it)', async () => {
    await expect(await scrapeSampleFleet()).toMatchFileSnapshot('golden/metrics.prom');
  });

  it('shows every fleet family at least once in it', async () => {
    const shown = new Set([...parseSamples(await scrapeSampleFleet()).keys()].map((key) => key.replace(/\{.*/, '')));
    expect(fleetFamilies.map(({ name }) => name).filter((name) => !shown.has(name))).toEqual([]);
  });
});
