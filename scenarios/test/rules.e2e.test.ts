import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocument, visit } from 'yaml';
import { PromqlEngine } from '../src/promql/engine.ts';
import { SeriesStore } from '../src/promql/series-store.ts';
import { RuleEngine } from '../src/rules/rule-engine.ts';
import type { RuleGroupSpec } from '../src/rules/rule-file.ts';
import { parseRuleFile } from '../src/rules/rule-file.ts';
import { readAlertRuleFiles } from './support/alert-rule-files.ts';
import { appendStep } from './support/input-series.ts';
import type { ExpectedResult, InputSeries, PromtoolCase } from './support/promtool.ts';
import { runPromtool, STEP_MS } from './support/promtool.ts';

const CASES = 24;
const STEPS = 120;
const CHECK_EVERY = 8;
const WRITTEN = ['ALERTS', 'ALERTS_FOR_STATE', '{__name__=~"patch:.+|organization:.+"}'];

const ruleTexts = readAlertRuleFiles().map(withoutAnnotations);

/** Annotations run queries of their own, which promtool would repeat for every alert of every step. */
function withoutAnnotations(text: string): string {
  const document = parseDocument(text);
  visit(document, { Pair: (_key, pair) => (String(pair.key) === 'annotations' ? visit.REMOVE : undefined) });
  return document.toString();
}

/** promtool evaluates every group at the test's interval. */
const groups: RuleGroupSpec[] = ruleTexts
  .flatMap((text) => parseRuleFile(text))
  .map((group) => ({ ...group, intervalMs: STEP_MS }));

type Value = InputSeries['values'][number];

/** Stretches of one value each, now and then with a gap: outages, windows and failed scrapes rather than noise. */
function stretches(value: fc.Arbitrary<Value>): fc.Arbitrary<Value[]> {
  const stretch = fc
    .tuple(value, fc.integer({ min: 1, max: 30 }))
    .map(([held, length]) => Array<Value>(length).fill(held));
  return fc.array(stretch, { minLength: 8, maxLength: 14 }).map((parts) => parts.flat().slice(0, STEPS));
}

const isUp = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<Value>(0, 1) },
  { weight: 1, arbitrary: fc.constantFrom<Value>('_', 'stale') },
);
const deadline = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 2_400 }) },
  { weight: 1, arbitrary: fc.integer({ min: 14_000, max: 20_000 }) },
  { weight: 2, arbitrary: fc.constantFrom<Value>('_', 'stale') },
);

function seriesOf(labels: Record<string, string>, value: fc.Arbitrary<Value>): fc.Arbitrary<InputSeries> {
  return stretches(value).map((values) => ({ labels, values }));
}

function deviceSeries(instance: string): fc.Arbitrary<InputSeries>[] {
  const device = { organization: 'acme', instance };
  return [
    seriesOf({ __name__: 'up', job: 'node', ...device }, isUp),
    seriesOf({ __name__: 'probe_success', job: 'ping', ...device }, isUp),
    seriesOf({ __name__: 'patch_device_quiet_until_timestamp_seconds', ...device }, deadline),
    seriesOf({ __name__: 'patch_device_maintenance_until_timestamp_seconds', ...device }, deadline),
    seriesOf({ __name__: 'patch_device_quiet_capped_until_timestamp_seconds', ...device }, deadline),
    seriesOf({ __name__: 'patch_device_verification', check: 'nginx', ...device }, isUp),
    seriesOf({ __name__: 'patch_device_compliant', ...device }, isUp),
    seriesOf({ __name__: 'patch_device_patches', status: 'failed', severity: 'any', ...device }, isUp),
    seriesOf({ __name__: 'patch_device_info', device: `id-${instance}`, ...device }, fc.constantFrom<Value>(1, '_')),
    seriesOf({ __name__: 'ALERTS', alertname: 'Mine', patch_aware: 'down', alertstate: 'firing', ...device }, isUp),
  ];
}

const fleet: fc.Arbitrary<InputSeries[]> = fc.tuple(
  ...deviceSeries('a:9100'),
  ...deviceSeries('b:9100'),
  seriesOf({ __name__: 'up', job: 'patchhaven', instance: 'ph:9879' }, isUp),
  seriesOf({ __name__: 'patchhaven_source_up', source: 'rmm', organization: 'acme' }, isUp),
  seriesOf({ __name__: 'patchhaven_watcher_last_success_timestamp_seconds', job: 'patchhaven' }, deadline),
);

function play(engine: PromqlEngine, input: readonly InputSeries[]): ExpectedResult[] {
  const store = new SeriesStore();
  const rules = new RuleEngine({ engine, store, groups, send: () => undefined }, -1, false);
  const expected: ExpectedResult[] = [];
  for (let step = 0; step < STEPS; step++) {
    appendStep(store, engine.labels, input, step);
    rules.evaluateDue(step * STEP_MS);
  }
  expect(rules.failures()).toEqual([]);
  for (let step = CHECK_EVERY - 1; step < STEPS; step += CHECK_EVERY) {
    const atMs = step * STEP_MS;
    expected.push(...WRITTEN.map((expr) => ({ expr, atMs, result: engine.compile(expr)({ store, atMs }) })));
  }
  return expected;
}

describe('rule engine against promtool, with the rule files of this repository', () => {
  it('writes the same alerts and recorded series for random fleets', async () => {
    const engine = new PromqlEngine();
    const cases: PromtoolCase[] = fc
      .sample(fleet, { numRuns: CASES, seed: 7 })
      .map((input) => ({ input, expected: play(engine, input) }));
    const results = cases.flatMap(({ expected }) => expected.flatMap(({ result }) => result));
    const alertNames = new Set(results.map(({ labels }) => labels.get('alertname')).filter((name) => name !== ''));
    expect([...alertNames]).toEqual(
      expect.arrayContaining(['HostDown', 'PostPatchReboot', 'PostPatchRebootOverdue', 'PatchAwareInhibitor']),
    );

    const verdict = await runPromtool(
      cases,
      ruleTexts,
      groups.map(({ name }) => name),
    );

    expect(verdict).toEqual({ isSuccess: true, output: expect.stringContaining('SUCCESS') as string });
  });
});
