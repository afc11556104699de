import { describe, expect, it } from 'vitest';
import { PromqlEngine } from './engine.ts';
import { SeriesStore } from './series-store.ts';

function evaluate(engine: PromqlEngine, expr: string, samples: Record<string, number>, atMs = 60_000) {
  const store = new SeriesStore();
  for (const [name, value] of Object.entries(samples)) store.append(engine.labels.of({ __name__: name }), 0, value);
  return engine
    .compile(expr)({ store, atMs })
    .map(({ value }) => value);
}

describe('PromqlEngine', () => {
  it.each([
    ['topk(1, a)', /aggregation parameters are not supported/],
    ['stddev(a)', /aggregation stddev is not supported/],
    ['histogram_quantile(0.9, a)', /function histogram_quantile is not supported/],
    ['a[5m:1m]', /SubqueryExpr is not supported/],
    ['a @ 30', /StepInvariantExpr is not supported/],
    ['a +', /syntax error/],
    ['{job=~".*"}', /does not match the empty string/],
    ['1 == 2', /must use bool/],
    ['rate(a)', /needs a range/],
    ['a[5m]', /cannot end as a range/],
    ['a + 5m', /a duration cannot stand for a number/],
    ['a{b=~"(?P<x>y)"}', /RE2 syntax/],
  ])('refuses %s and says why', (expr, message) => {
    expect(() => new PromqlEngine().compile(expr)).toThrow(message);
  });

  it.each([
    ['a + b offset 1m', [3]],
    ['a + b offset 1m * b', [5]],
    ['-a offset 1m', [-1]],
    ['2 ^ 3 ^ 2', [512]],
    ['10 - 2 - 3', [5]],
    ['a # a comment\n + b', [3]],
  ])('binds the parts of %s as Prometheus does', (expr, expected) => {
    expect(evaluate(new PromqlEngine(), expr, { a: 1, b: 2 })).toEqual(expected);
  });

  it.each([
    ['closed', [1]],
    ['open', []],
  ] as const)('counts a sample exactly one look-back old when the window start is %s', (windowStart, expected) => {
    expect(evaluate(new PromqlEngine(windowStart), 'a', { a: 1 }, 300_000)).toEqual(expected);
  });
});
