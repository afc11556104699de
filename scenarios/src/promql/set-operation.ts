import type { BinaryExpr, SetOperator } from './ast.ts';
import { PromqlError } from './errors.ts';
import type { LabelInterner, LabelMapping, LabelSet } from './labels.ts';
import { signatureOf } from './signature.ts';
import type { Code, Vector, VectorCode } from './value.ts';
import { requireDistinct, vectorCode } from './value.ts';

export function compileSetOperation(
  operator: SetOperator,
  expr: BinaryExpr,
  left: Code,
  right: Code,
  interner: LabelInterner,
): VectorCode {
  if (left.type !== 'vector' || right.type !== 'vector') throw new PromqlError(`${operator} needs two instant vectors`);
  if (expr.returnsBool) throw new PromqlError(`bool cannot be used with ${operator}`);
  if (expr.matching.cardinality !== 'one-to-one') throw new PromqlError(`no grouping allowed for ${operator}`);
  const signature = signatureOf(expr.matching, interner);
  const combine = COMBINATIONS[operator];
  return vectorCode((context) => combine(left.run(context), right.run(context), signature));
}

type Combine = (left: Vector, right: Vector, signature: LabelMapping) => Vector;

const COMBINATIONS: Readonly<Record<SetOperator, Combine>> = {
  and: (left, right, signature) => {
    if (left.length === 0 || right.length === 0) return [];
    const present = signatures(right, signature);
    return left.filter(({ labels }) => present.has(signature(labels)));
  },
  unless: (left, right, signature) => {
    if (left.length === 0 || right.length === 0) return left;
    const present = signatures(right, signature);
    return left.filter(({ labels }) => !present.has(signature(labels)));
  },
  or: (left, right, signature) => {
    if (left.length === 0 || right.length === 0) return left.length === 0 ? right : left;
    const present = signatures(left, signature);
    return requireDistinct([...left, ...right.filter(({ labels }) => !present.has(signature(labels)))]);
  },
};

function signatures(vector: Vector, signature: LabelMapping): ReadonlySet<LabelSet> {
  const found = new Set<LabelSet>();
  for (const { labels } of vector) found.add(signature(labels));
  return found;
}
