import { PromqlError } from '../promql/errors.ts';
import { memoizeLabels, METRIC_NAME } from '../promql/labels.ts';
import type { Rule, RuleEnvironment } from './rule-environment.ts';
import { areLabelsDistinct } from './rule-environment.ts';
import type { RecordingRuleSpec } from './rule-file.ts';

export function createRecordingRule(spec: RecordingRuleSpec, { engine, store }: RuleEnvironment): Rule {
  const query = engine.compile(spec.expr);
  const relabel = memoizeLabels((labels) => engine.labels.with(labels, { [METRIC_NAME]: spec.name, ...spec.labels }));
  return {
    name: spec.name,
    evaluate: (atMs) => {
      const samples = query({ store, atMs }).map(({ labels, value }) => ({ labels: relabel(labels), value }));
      if (!areLabelsDistinct(samples)) throw new PromqlError(`${spec.name}: same labelset after applying rule labels`);
      return samples;
    },
  };
}
