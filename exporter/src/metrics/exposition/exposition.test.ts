import { text } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeviceView } from '../../fleet/fleet-view.ts';
import { aPatch, aView, aWindow, now } from '../__fixtures__/device-view.ts';
import { parseSamples } from '../__fixtures__/parse-text.ts';
import { deviceFamilies, fleetFamilies } from '../catalogue.ts';
import type { DeviceFamily } from '../family.ts';
import { createExposition, type Exposition, type ExpositionOptions } from './exposition.ts';
import { pageSlots } from './page.ts';
import type { Selection } from './snapshot.ts';

function setUp(options: Partial<ExpositionOptions> = {}) {
  const clock = { at: now, now: () => clock.at };
  const exposition = createExposition({
    families: fleetFamilies,
    organizationLabel: 'organization',
    clock,
    ...options,
  });
  return { clock, exposition };
}

/** Both encodings of one scrape, which must agree to the byte. */
async function scrape(exposition: Exposition, selection: Partial<Selection> = {}): Promise<string> {
  const body = exposition.scrape({ format: 'text', ...selection });
  if (body === undefined) throw new Error('nothing published');
  const zipped = Buffer.concat(body.gzip());
  const plain = await text(body.text());
  expect(zipped.length).toBe(body.gzipBytes);
  expect(Buffer.byteLength(plain)).toBe(body.textBytes);
  // gunzip checks CRC and length of the combined member.
  expect(gunzipSync(zipped).toString()).toBe(plain);
  return plain;
}

async function show(views: readonly DeviceView[], options: Partial<ExpositionOptions> = {}) {
  const { exposition } = setUp(options);
  views.forEach((view) => {
    exposition.upsert(view);
  });
  await exposition.publish();
  return parseSamples(await scrape(exposition));
}

const keysOf = (samples: Map<string, string>, start: string) =>
  [...samples.keys()].filter((key) => key.startsWith(start));

describe('scrape', () => {
  it('has no answer before the first publish', () => {
    expect(setUp().exposition.scrape({ format: 'text' })).toBeUndefined();
  });

  it('shows changes only when they are published', async () => {
    const { exposition } = setUp();
    exposition.upsert(aView());
    await exposition.publish();
    exposition.remove('ninja:1');
    exposition.upsert(aView({ key: 'ninja:2' }));
    expect(await scrape(exposition)).toContain('ninja:1');
    await exposition.publish();
    expect(await scrape(exposition)).not.toContain('ninja:1');
    expect(await scrape(exposition)).toContain('ninja:2');
  });

  it('keeps answering from its snapshot while later ones are published', async () => {
    const { exposition } = setUp();
    exposition.upsert(aView({ facts: { lastSeenAt: 1 } }));
    await exposition.publish();
    const before = exposition.scrape({ format: 'text' });
    exposition.upsert(aView({ facts: { lastSeenAt: 2 } }));
    await exposition.publish();
    expect(before && (await text(before.text()))).toContain('seconds{organization="acme",instance="1:9182"} 1\n');
  });

  it('ends OpenMetrics with # EOF and names info families without their suffix', async () => {
    const { exposition } = setUp();
    exposition.upsert(aView());
    await exposition.publish();
    const openmetrics = await scrape(exposition, { format: 'openmetrics', append: '# TYPE x gauge\nx 1\n' });
    expect(openmetrics).toMatch(/\nx 1\n# EOF\n$/);
    expect(openmetrics).toContain('# TYPE patch_device info\n');
    expect(openmetrics).toContain('\npatch_device_info{organization="acme",instance="1:9182",device="ninja:1"');
  });

  it('leaves out the other families, organizations and shards', async () => {
    const { exposition } = setUp();
    for (const organization of ['acme', 'globex', 'initech']) {
      exposition.upsert(aView({ key: `n:${organization}`, facts: { organization, patches: [aPatch()] } }));
    }
    await exposition.publish();
    const some = await scrape(exposition, {
      families: new Set(['patch_device_patches', 'patch_update_devices']),
      organizations: new Set(['globex', 'nowhere']),
    });
    expect([...parseSamples(some).keys()]).toEqual([
      'patch_device_patches{organization="globex",instance="globex:9182",status="missing",severity="critical"}',
      'patch_device_patches{organization="globex",instance="globex:9182",status="failed",severity="any"}',
      'patch_update_devices{organization="globex",patch="KB5041160",status="missing"}',
    ]);
    const whole = keysOf(parseSamples(await scrape(exposition)), 'patch_');
    const shards = await Promise.all([0, 1, 2].map((index) => scrape(exposition, { shard: { index, count: 3 } })));
    expect(
      shards
        .flatMap((shard) => keysOf(parseSamples(shard), 'patch_'))
        .sort()
        .filter((key) => key.startsWith('patch_device')),
    ).toEqual(whole.filter((key) => key.startsWith('patch_device')).sort());
  });

  it('never shows NaN or infinity', async () => {
    const samples = await show([aView({ facts: { lastSeenAt: NaN, lastBootAt: Infinity } })]);
    expect(keysOf(samples, 'patch_device_last')).toEqual([]);
  });
});

describe('identity', () => {
  const series = (samples: Map<string, string>) => keysOf(samples, 'patch_device_last_seen');
  const seen = (key: string, organization: string, instance: string) =>
    aView({ key, instance, facts: { organization, lastSeenAt: 1 } });

  it('gives a device without instance nothing but its info', async () => {
    const view = aView({ facts: { lastSeenAt: 1 }, view: { identity: { status: 'unmatched' } } });
    const samples = await show([view]);
    expect(keysOf(samples, 'patch_device')).toEqual([
      'patch_device_info{organization="acme",device="ninja:1",name="PC-1",source="ninja"}',
    ]);
  });

  it('gives none of two devices that claim one instance its series, and both again when they part', async () => {
    const { exposition } = setUp();
    exposition.upsert(seen('n:1', 'acme', 'pc:9182'));
    exposition.upsert(seen('n:2', 'acme', 'pc:9182'));
    await exposition.publish();
    const contested = parseSamples(await scrape(exposition));
    expect(series(contested)).toEqual([]);
    expect(keysOf(contested, 'patch_device_info')).toHaveLength(2);
    expect(contested.get('patchhaven_conflicting_devices')).toBe('2');
    exposition.remove('n:1');
    await exposition.publish();
    const settled = parseSamples(await scrape(exposition));
    expect(series(settled)).toHaveLength(1);
    expect(keysOf(settled, 'patch_device_info{organization="acme",instance="pc:9182"')).toHaveLength(1);
  });

  it('lets two organizations have the same instance only when a label keeps them apart', async () => {
    const views = [seen('n:1', 'acme', 'pc:9182'), seen('n:2', 'globex', 'pc:9182')];
    expect(series(await show(views))).toHaveLength(2);
    expect(series(await show(views, { organizationLabel: null }))).toEqual([]);
    expect(series(await show(views, { organizationLabel: 'client' }))[0]).toContain('{client="acme",');
  });

  it('sums update counts when no label keeps organizations apart', async () => {
    const views = ['acme', 'globex'].map((organization) =>
      aView({ key: `n:${organization}`, facts: { organization, patches: [aPatch(), aPatch()] } }),
    );
    const samples = await show(views, { organizationLabel: null });
    expect(samples.get('patch_update_devices{patch="KB5041160",status="missing"}')).toBe('2');
  });
});

describe('publish', () => {
  const fleet = (count: number, organization = 'acme') =>
    Array.from({ length: count }, (_, i) =>
      aView({ key: `${organization}:${String(i)}`, facts: { organization, lastSeenAt: i + 1 } }),
    );

  it('renders only the page a device was added to or removed from', async () => {
    const { exposition } = setUp();
    for (const view of [...fleet(pageSlots * 2), ...fleet(10, 'globex')]) exposition.upsert(view);
    const first = await exposition.publish();
    // Two families (info, last seen) on two pages of acme and one of globex.
    expect(first.segmentsMade).toBe(6);
    exposition.remove('acme:3');
    expect((await exposition.publish()).segmentsMade).toBe(2);
    exposition.upsert(aView({ key: 'acme:new', facts: { lastSeenAt: 1 } }));
    expect((await exposition.publish()).segmentsMade).toBe(2);
    expect(exposition.stats().pages).toBe(3);
    exposition.upsert(aView({ key: 'acme:new', facts: { lastSeenAt: 2 } }));
    expect((await exposition.publish()).segmentsMade).toBe(1);
    exposition.upsert(aView({ key: 'acme:new', facts: { lastSeenAt: 2 } }));
    expect((await exposition.publish()).segmentsMade).toBe(0);
  });

  it('drops pages and counts of an organization that is gone', async () => {
    const { exposition } = setUp();
    exposition.upsert(aView({ facts: { patches: [aPatch()] } }));
    await exposition.publish();
    exposition.upsert(aView({ state: { removed: true }, facts: { patches: [aPatch()] } }));
    await exposition.publish();
    expect(exposition.stats()).toMatchObject({ devices: 0, pages: 0 });
    expect(await scrape(exposition)).not.toContain('acme');
  });

  it('lets a deadline go by itself a day after its end', async () => {
    const { exposition, clock } = setUp();
    exposition.upsert(aView({ view: { quiet: aWindow({ endsAt: now + 60 }) } }));
    await exposition.publish();
    expect(await scrape(exposition)).toContain('patch_device_quiet_until_timestamp_seconds{');
    clock.at = now + 60 + 24 * 3600;
    await exposition.publish();
    expect(await scrape(exposition)).not.toContain('patch_device_quiet_until_timestamp_seconds{');
  });

  it('looks at a device with a window again only when its deadline goes', async () => {
    const { clock, exposition } = setUp();
    exposition.upsert(aView({ view: { quiet: aWindow() } }));
    expect(await exposition.publish()).toMatchObject({ devicesApplied: 1 });
    clock.at += 3600;
    expect(await exposition.publish()).toMatchObject({ devicesApplied: 0, segmentsMade: 0 });
    clock.at += 24 * 3600;
    expect(await exposition.publish()).toMatchObject({ devicesApplied: 1 });
    expect(await exposition.publish()).toMatchObject({ devicesApplied: 0 });
  });

  it('takes a device it cannot read out, names it, and keeps the others', async () => {
    const broken: DeviceFamily = {
      scope: 'device',
      identity: 'instance',
      name: 'patch_device_test',
      help: 'Throws for one device.',
      type: 'gauge',
      labels: [],
      stability: 'experimental',
      generate: ({ state }) => {
        if (state.key === 'n:bad') throw new Error('bad view');
        return [{ labels: [], value: 1 }];
      },
    };
    const { exposition } = setUp({ families: [broken] });
    exposition.upsert(aView({ key: 'n:bad' }));
    exposition.upsert(aView({ key: 'n:good' }));
    const { failures } = await exposition.publish();
    expect(failures.map(({ key }) => key)).toEqual(['n:bad']);
    expect([...parseSamples(await scrape(exposition)).keys()]).toEqual([
      'patch_device_test{organization="acme",instance="good:9182"}',
    ]);
  });

  it('reads the changes it is given one by one, after those noted before, and loses none given during a publish', async () => {
    const { exposition } = setUp();
    exposition.upsert(aView({ key: 'ninja:1' }));
    exposition.upsert(aView({ key: 'ninja:2' }));
    let read = 0;
    function* changes() {
      read += 1;
      yield { key: 'ninja:1', view: undefined };
      yield { key: 'ninja:3', view: aView({ key: 'ninja:3' }) };
    }
    const first = exposition.publish(changes());
    const others = [
      exposition.publish([{ key: 'ninja:4', view: aView({ key: 'ninja:4' }) }]),
      exposition.publish([{ key: 'ninja:5', view: aView({ key: 'ninja:5' }) }]),
    ];
    expect((await first).devicesApplied).toBe(4);
    await Promise.all(others);
    const shown = await scrape(exposition);
    const keys = [...shown.matchAll(/^patch_device_info\{.*device="([^"]+)"/gm)].map(([, key]) => key);
    expect([read, ...keys.sort()]).toEqual([1, 'ninja:2', 'ninja:3', 'ninja:4', 'ninja:5']);
  });

  it('shows what came during a publish with the one that follows', async () => {
    const { exposition } = setUp();
    const first = exposition.publish();
    exposition.upsert(aView());
    const [second, third] = [exposition.publish(), exposition.publish()];
    expect(second).toBe(third);
    expect((await first).devicesApplied).toBe(0);
    expect((await second).devicesApplied).toBe(1);
  });
});

/** The same output from first principles: no pages, no cells, no differences. */
function expectedDeviceSamples(views: readonly DeviceView[]): Map<string, string> {
  const samples = new Map<string, string>();
  const escape = (value: string) => value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  const place = (view: DeviceView) =>
    view.identity.status === 'matched' ? `${view.state.facts.organization}|${view.identity.instance}` : undefined;
  for (const view of views) {
    const shared = views.filter((other) => place(other) === place(view)).length > 1;
    const instance = view.identity.status === 'matched' && !shared ? view.identity.instance : '';
    for (const family of deviceFamilies) {
      if (family.identity === 'instance' && instance === '') continue;
      for (const { labels, value } of family.generate(view, now)) {
        const pairs = [
          ['organization', view.state.facts.organization],
          ['instance', instance],
          ...family.labels.map((name, i) => [name, labels[i] ?? '']),
        ];
        const text = pairs.flatMap(([name = '', label = '']) => (label === '' ? [] : [`${name}="${escape(label)}"`]));
        samples.set(`${family.name}{${text.join(',')}}`, String(value));
      }
    }
  }
  return samples;
}

describe('random fleets', () => {
  const word = fc.constantFrom('a', 'b', 'ü東', 'q"uo\\te', 'two\nlines');
  const patch = fc.record({
    id: fc.constantFrom('KB1', 'KB2', 'KB3', 'other'),
    title: fc.constant(''),
    severity: fc.constantFrom('critical' as const, 'low' as const),
    kind: fc.constant('security' as const),
    status: fc.constantFrom('missing' as const, 'failed' as const, 'installed' as const),
  });
  const change = fc.record({
    key: fc.integer({ min: 0, max: 30 }).map((n) => `n:${String(n)}`),
    action: fc.constantFrom(
      'upsert' as const,
      'upsert' as const,
      'upsert' as const,
      'remove' as const,
      'publish' as const,
    ),
    organization: fc.constantFrom('acme', 'globex', 'q"uote'),
    instance: fc.option(fc.integer({ min: 0, max: 25 }).map((n) => `host-${String(n)}:9182`)),
    site: fc.option(word),
    patches: fc.option(fc.array(patch, { maxLength: 4 })),
    lastSeenAt: fc.option(fc.double({ min: 0, max: 2e9, noNaN: true })),
    quiet: fc.boolean(),
  });

  it('print exactly what their families say, each series once, whatever happened before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 80 }), async (changes) => {
        const { exposition } = setUp({ sliceMs: 0 });
        const model = new Map<string, DeviceView>();
        for (const { key, action, organization, instance, site, patches, lastSeenAt, quiet } of changes) {
          if (action === 'publish') await exposition.publish();
          else if (action === 'remove') {
            model.delete(key);
            exposition.remove(key);
          } else {
            const view = aView({
              key,
              facts: {
                organization,
                ...(site && { site }),
                ...(patches && { patches }),
                ...(lastSeenAt && { lastSeenAt }),
              },
              view: {
                identity: instance === null ? { status: 'unmatched' } : { status: 'matched', instance, by: 'template' },
                ...(quiet && { quiet: aWindow() }),
              },
            });
            model.set(key, view);
            exposition.upsert(view);
          }
        }
        await exposition.publish();
        const samples = parseSamples(await scrape(exposition));
        const devices = new Map([...samples].filter(([key]) => key.startsWith('patch_device_')));
        const expected = expectedDeviceSamples([...model.values()]);
        expect([...devices].sort()).toEqual([...expected].sort());
        expect(exposition.stats().devices).toBe(model.size);
      }),
      { numRuns: 60 },
    );
  });

  it('never print a series twice, however hostile their names are', async () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 3 }),
      fc.constantFrom('\ud800', '\ud801', '\0', '\\', '"', ''),
    );
    const device = fc.record({
      key: name,
      organization: name,
      instance: name,
      check: fc.array(name, { maxLength: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(device, { maxLength: 15 }),
        fc.constantFrom(null, 'organization'),
        async (devices, label) => {
          const { exposition } = setUp({ organizationLabel: label });
          for (const { key, organization, instance, check } of devices) {
            const checks = check.map((c) => ({ check: c, result: 'passed' as const, detail: '', at: now }));
            const verification = {
              verdict: 'passed',
              startedAt: 0,
              settlesAt: 0,
              rounds: 1,
              consecutivePasses: 1,
              checks,
            } as const;
            exposition.upsert(
              aView({
                key,
                instance,
                facts: { organization, lastSeenAt: 1 },
                view: { quiet: aWindow({ verification }) },
              }),
            );
          }
          await exposition.publish();
          const lines = (await scrape(exposition)).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
          const series = lines.map((line) => line.slice(0, line.lastIndexOf(' ')));
          expect(new Set(series).size).toBe(series.length);
        },
      ),
      { numRuns: 60 },
    );
  });
});
