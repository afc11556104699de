import type { AggregateExpr } from './ast.ts';
import { PromqlError } from './errors.ts';
import type { LabelInterner, LabelSet } from './labels.ts';
import { METRIC_NAME } from './labels.ts';
import type { Code, VectorCode } from './value.ts';
import { vectorCode } from './value.ts';

interface Accumulator {
  value: number;
  count: number;
}

/** Folds the group's second and later elements; the first one starts the accumulator. */
type Fold = (group: Accumulator, value: number) => number;

const FOLDS: Readonly<Record<string, Fold>> = {
  max: ({ value: best }, value) => (value > best || Number.isNaN(best) ? value : best),
  min: ({ value: best }, value) => (value < best || Number.isNaN(best) ? value : best),
  sum: (group, value) => group.value + value,
  avg: (group, value) => group.value + (value / group.count - group.value / group.count),
  count: ({ count }) => count,
  group: () => 1,
};

export function compileAggregate(expr: AggregateExpr, argument: Code, interner: LabelInterner): VectorCode {
  const fold = FOLDS[expr.operator];
  if (fold === undefined) throw new PromqlError(`aggregation ${expr.operator} is not supported`);
  if (argument.type !== 'vector') throw new PromqlError(`${expr.operator} needs an instant vector`);
  const isCounting = expr.operator === 'count' || expr.operator === 'group';
  const groupOf = expr.grouping === 'by' ? interner.keep(expr.labels) : interner.drop([...expr.labels, METRIC_NAME]);
  return vectorCode((context) => {
    const groups = new Map<LabelSet, Accumulator>();
    for (const { labels, value } of argument.run(context)) {
      const key = groupOf(labels);
      const group = groups.get(key);
      if (group === undefined) {
        groups.set(key, { value: isCounting ? 1 : value, count: 1 });
        continue;
      }
      group.count++;
      group.value = fold(group, value);
    }
    return Array.from(groups, ([labels, { value }]) => ({ labels, value }));
  });
}
