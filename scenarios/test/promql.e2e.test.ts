import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PromqlEngine } from '../src/promql/engine.ts';
import { PromqlError } from '../src/promql/errors.ts';
import type { Vector } from '../src/promql/value.ts';
import { storeOf } from './support/input-series.ts';
import type { InputSeries, PromtoolCase } from './support/promtool.ts';
import { runPromtool, STEP_MS } from './support/promtool.ts';
import { randomExpression } from './support/random-expression.ts';

const CASES = 1_500;
const STEPS = 24;

const point = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -2, max: 6 }) },
  { weight: 1, arbitrary: fc.constant('_' as const) },
  { weight: 1, arbitrary: fc.constant('stale' as const) },
);

const series: fc.Arbitrary<InputSeries> = fc.record({
  labels: fc
    .record({
      __name__: fc.constantFrom('a', 'b', 'c'),
      instance: fc.constantFrom('x', 'y', 'z'),
      job: fc.constantFrom('n', 'w'),
      site: fc.constantFrom('', 's'),
    })
    .map(({ site, ...labels }) => (site === '' ? labels : { ...labels, site })),
  values: fc.array(point, { minLength: 4, maxLength: STEPS }),
});

const evaluation = fc.record({
  input: fc.uniqueArray(series, { minLength: 2, maxLength: 9, selector: ({ labels }) => JSON.stringify(labels) }),
  expr: randomExpression,
  atMs: fc.oneof(
    fc.integer({ min: 0, max: STEPS + 24 }).map((step) => step * STEP_MS),
    fc.integer({ min: 0, max: (STEPS + 24) * STEP_MS }),
  ),
});

/** Our result, or the error that Prometheus should report as well. */
function evaluate(input: readonly InputSeries[], expr: string, atMs: number): Vector | PromqlError {
  const engine = new PromqlEngine();
  try {
    return engine.compile(expr)({ store: storeOf(engine.labels, input), atMs });
  } catch (error) {
    if (error instanceof PromqlError) return error;
    throw error;
  }
}

describe('PromQL evaluator against promtool', () => {
  const evaluated = fc.sample(evaluation, { numRuns: CASES, seed: 20_26 }).map(({ input, expr, atMs }) => ({
    input,
    expr,
    atMs,
    outcome: evaluate(input, expr, atMs),
  }));

  it('agrees on the value of every random expression', async () => {
    const cases: PromtoolCase[] = [];
    for (const { input, expr, atMs, outcome } of evaluated) {
      // promtool cannot state an expected NaN: it compares by ==.
      if (outcome instanceof PromqlError || outcome.some(({ value }) => Number.isNaN(value))) continue;
      cases.push({ input, expected: [{ expr, atMs, result: outcome }] });
    }
    const nonEmpty = cases.filter(({ expected }) => expected.some(({ result }) => result.length > 0));
    expect(nonEmpty.length).toBeGreaterThanOrEqual(200);

    const verdict = await runPromtool(cases);

    expect(verdict).toEqual({ isSuccess: true, output: expect.stringContaining('SUCCESS') as string });
  });

  it('fails exactly where Prometheus fails', async () => {
    const failing = evaluated.filter(({ outcome }) => outcome instanceof PromqlError);
    expect(failing.length).toBeGreaterThanOrEqual(5);

    const verdict = await runPromtool(
      failing.map(({ input, expr, atMs }) => ({ input, expected: [{ expr, atMs, result: [] }] })),
    );

    expect(verdict.output.match(/, err: /g) ?? []).toHaveLength(failing.length);
  });
});
