import type { BinaryExpr, VectorMatching } from './ast.ts';
import type { ElementOperation } from './binary.ts';
import { PromqlError } from './errors.ts';
import type { LabelInterner, LabelMapping, LabelSet } from './labels.ts';
import { memoizeLabels, METRIC_NAME } from './labels.ts';
import { signatureOf } from './signature.ts';
import type { Sample, Vector, VectorCode } from './value.ts';
import { requireDistinct, vectorCode } from './value.ts';

/** Arithmetic and comparison between two vectors. Source: prometheus promql/engine.go `VectorBinop`, 2.42. */
export function compileVectorOperation(
  expr: BinaryExpr,
  operate: ElementOperation,
  dropsName: boolean,
  left: VectorCode,
  right: VectorCode,
  interner: LabelInterner,
): VectorCode {
  const isSwapped = expr.matching.cardinality === 'one-to-many';
  const plan: Plan = {
    signature: signatureOf(expr.matching, interner),
    resultLabels: resultLabels(expr.matching, dropsName, interner),
    operate: isSwapped ? (many, one) => operate(one, many) : operate,
    isOneToOne: expr.matching.cardinality === 'one-to-one',
  };
  const [manyCode, oneCode] = isSwapped ? [right, left] : [left, right];
  return vectorCode((context) => matchVectors(plan, manyCode.run(context), oneCode.run(context)));
}

interface Plan {
  readonly signature: LabelMapping;
  readonly resultLabels: (many: LabelSet, one: LabelSet) => LabelSet;
  readonly operate: ElementOperation;
  readonly isOneToOne: boolean;
}

function matchVectors(plan: Plan, many: Vector, one: Vector): Vector {
  if (many.length === 0 || one.length === 0) return [];
  const partners = bySignature(one, plan.signature);
  const used = new Set<LabelSet>();
  const found: Sample[] = [];
  for (const sample of many) {
    const key = plan.signature(sample.labels);
    const partner = partners.get(key);
    const value = partner === undefined ? undefined : plan.operate(sample.value, partner.value);
    if (partner === undefined || value === undefined) continue;
    if (plan.isOneToOne && used.has(key))
      throw new PromqlError('multiple matches for labels: use group_left/group_right');
    used.add(key);
    found.push({ labels: plan.resultLabels(sample.labels, partner.labels), value });
  }
  return requireDistinct(found);
}

function bySignature(vector: Vector, signature: LabelMapping): ReadonlyMap<LabelSet, Sample> {
  const partners = new Map<LabelSet, Sample>();
  for (const sample of vector) {
    const key = signature(sample.labels);
    if (partners.has(key)) throw new PromqlError('found duplicate series for the match group on one side');
    partners.set(key, sample);
  }
  return partners;
}

function resultLabels(
  matching: VectorMatching,
  dropsName: boolean,
  interner: LabelInterner,
): (many: LabelSet, one: LabelSet) => LabelSet {
  const withoutName: LabelMapping = dropsName ? interner.drop([METRIC_NAME]) : (labels) => labels;
  if (matching.cardinality === 'one-to-one') {
    const reduce = matching.mode === 'on' ? interner.keep(matching.labels) : interner.drop(matching.labels);
    return memoizeLabels((labels) => reduce(withoutName(labels)));
  }
  if (matching.include.length === 0) return withoutName;
  return (many, one) => {
    const included = matching.include.map((name) => [name, one.get(name)] as const);
    return interner.with(withoutName(many), Object.fromEntries(included));
  };
}
