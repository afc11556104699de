import { describe, expect, it } from 'vitest';
import { refusalReasons } from '../domain/decision.ts';
import { parseSamples } from './__fixtures__/parse-text.ts';
import { createSelfMetrics, type SelfMetrics } from './self-metrics.ts';

const setUp = (organizationLabel: string | null = 'organization') =>
  createSelfMetrics({ organizationLabel, version: '1', processMetrics: false });
const read = async (self: SelfMetrics) => parseSamples(await self.render({ format: 'text' }));

describe('createSelfMetrics', () => {
  it('starts every reason to refuse at 0, so that the first refusal is an increase', async () => {
    const samples = await read(setUp());
    for (const reason of refusalReasons) {
      expect(samples.get(`patch_decisions_total{decision="refused",reason="${reason}"}`)).toBe('0');
    }
  });

  it('makes no claim about what has not happened yet', async () => {
    const names = [...(await read(setUp())).keys()].map((key) => key.replace(/\{.*/, ''));
    expect(new Set(names)).toEqual(
      new Set([
        'patch_decisions_total',
        'patchhaven_event_ingest_total',
        'patchhaven_watcher_errors_total',
        'patchhaven_build_info',
      ]),
    );
  });

  it('tells a complete read from a failed one and keeps the last success', async () => {
    const self = setUp();
    const outcome = {
      complete: true,
      devices: 7,
      dropped: { 'device.malformed': 2 },
      unknownWords: { 'patch.status': 1 },
    } as const;
    self.sourceRun({ source: 'ninja', endedAt: 100, durationSeconds: 3, outcome });
    self.sourceRun({
      source: 'ninja',
      endedAt: 200,
      durationSeconds: 4,
      outcome: { complete: false, reason: 'timeout' },
    });
    const samples = await read(self);
    expect(Object.fromEntries(samples)).toMatchObject({
      'patchhaven_source_up{source="ninja"}': '0',
      'patchhaven_source_last_success_timestamp_seconds{source="ninja"}': '100',
      'patchhaven_source_devices{source="ninja"}': '7',
      'patchhaven_source_errors_total{source="ninja",reason="timeout"}': '1',
      'patchhaven_source_errors_total{source="ninja",reason="auth"}': '0',
      'patchhaven_source_dropped_total{source="ninja",reason="device.malformed"}': '2',
      'patchhaven_source_unknown_words_total{source="ninja",field="patch.status"}': '1',
    });
    self.sourceRemoved('ninja');
    expect([...(await read(self)).keys()].filter((key) => /source_(up|last|devices|errors)/.test(key))).toEqual([]);
  });

  it('counts what a read of one device found, and says nothing about its source by that', async () => {
    const self = setUp();
    self.healthRead({ source: 'ninja', reason: 'timeout' });
    self.healthRead({ source: 'ninja', dropped: { 'service.malformed': 1 }, unknownWords: { 'service.state': 2 } });
    const samples = Object.fromEntries(await read(self));
    expect(samples).toMatchObject({
      'patchhaven_source_errors_total{source="ninja",reason="timeout"}': '1',
      'patchhaven_source_dropped_total{source="ninja",reason="service.malformed"}': '1',
      'patchhaven_source_unknown_words_total{source="ninja",field="service.state"}': '2',
    });
    expect(Object.keys(samples).filter((key) => key.startsWith('patchhaven_source_up'))).toEqual([]);
  });

  it('shows how far a read has come, and nothing once it has ended', async () => {
    const self = setUp();
    const shown = async () =>
      [...(await read(self))].filter(([key]) => key.startsWith('patchhaven_source_read_objects')).map(String);
    self.sourceReading('ninja', { what: 'devices', count: 500 });
    self.sourceReading('ninja', { what: 'patches', count: 70 });
    expect(await shown()).toEqual([
      'patchhaven_source_read_objects{source="ninja",what="devices"},500',
      'patchhaven_source_read_objects{source="ninja",what="patches"},70',
    ]);
    self.sourceReading('ninja', undefined);
    expect(await shown()).toEqual([]);
  });

  it('bounds reasons to the closed vocabulary', async () => {
    const self = setUp();
    self.decision('refused', 'capped');
    self.decision('refused', 'because I say so');
    const samples = await read(self);
    expect(samples.get('patch_decisions_total{decision="refused",reason="capped"}')).toBe('1');
    expect(samples.get('patch_decisions_total{decision="refused",reason="other"}')).toBe('1');
  });

  it('replaces the unmatched devices as a whole and sums them without an organization label', async () => {
    const counts = ['acme', 'globex'].map((organization) => ({
      organization,
      reason: 'ambiguous' as const,
      devices: 2,
    }));
    const self = setUp();
    self.unmatched([{ organization: 'initech', reason: 'unmatched', devices: 9 }]);
    self.unmatched(counts);
    const labelled = await read(self);
    expect(labelled.get('patchhaven_unmatched_devices{organization="acme",reason="ambiguous"}')).toBe('2');
    expect([...labelled.keys()].join()).not.toContain('initech');
    const single = setUp(null);
    single.unmatched(counts);
    expect((await read(single)).get('patchhaven_unmatched_devices{reason="ambiguous"}')).toBe('4');
  });

  it('counts reboots under a learned budget by whether it covered them', async () => {
    const self = setUp();
    self.learnedBudget('acme', 'covered');
    self.learnedBudget('acme', 'exceeded');
    const values = await read(self);
    expect(values.get('patch_learned_budget_reboots_total{organization="acme",result="covered"}')).toBe('1');
    expect(values.get('patch_learned_budget_reboots_total{organization="acme",result="exceeded"}')).toBe('1');
  });

  it('does not let a clock that stepped back stop the caller', async () => {
    const self = setUp();
    self.quietClosed('acme', 'returned', -5);
    expect((await read(self)).get('patch_quiet_seconds_total{organization="acme"}')).toBe('0');
  });

  it('dates the watcher only by reads that succeeded', async () => {
    const self = setUp();
    self.watcherPoll({ at: 50, ok: true });
    self.watcherPoll({ at: 60, ok: false });
    const samples = await read(self);
    expect(samples.get('patchhaven_watcher_last_success_timestamp_seconds')).toBe('50');
    expect(samples.get('patchhaven_watcher_errors_total')).toBe('1');
  });

  it('has the process beside it', async () => {
    const self = createSelfMetrics({ organizationLabel: null, version: '1' });
    const text = await self.render({ format: 'openmetrics' });
    expect(text).toContain('# TYPE process_cpu_seconds counter\nprocess_cpu_seconds_total ');
    expect(text).toContain('# TYPE patchhaven_build info\n');
  });
});
