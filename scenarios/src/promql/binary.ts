import type { BinaryExpr, BinaryOperator, SetOperator } from './ast.ts';
import { PromqlError } from './errors.ts';
import type { LabelInterner } from './labels.ts';
import { METRIC_NAME } from './labels.ts';
import type { Code, Sample, ScalarCode, VectorCode } from './value.ts';
import { requireDistinct, scalarCode, vectorCode } from './value.ts';
import { compileSetOperation } from './set-operation.ts';
import { compileVectorOperation } from './vector-operation.ts';

type Compute = (left: number, right: number) => number;
type Compare = (left: number, right: number) => boolean;

const ARITHMETIC: Readonly<Partial<Record<BinaryOperator, Compute>>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
  '^': (left, right) => left ** right,
};

const COMPARISONS: Readonly<Partial<Record<BinaryOperator, Compare>>> = {
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '>': (left, right) => left > right,
  '<': (left, right) => left < right,
  '>=': (left, right) => left >= right,
  '<=': (left, right) => left <= right,
};

/** The outcome for one pair of numbers: a value, or undefined when a filtering comparison lets nothing through. */
export type ElementOperation = (left: number, right: number) => number | undefined;

export function compileBinary(expr: BinaryExpr, left: Code, right: Code, interner: LabelInterner): Code {
  if (isSetOperator(expr.operator)) return compileSetOperation(expr.operator, expr, left, right, interner);
  const operate = elementOperation(expr);
  const dropsName = expr.operator in ARITHMETIC || expr.returnsBool;
  if (left.type === 'scalar' && right.type === 'scalar') return scalarOperation(expr, operate, left, right);
  if (left.type === 'vector' && right.type === 'vector') {
    return compileVectorOperation(expr, operate, dropsName, left, right, interner);
  }
  if (left.type === 'vector' && right.type === 'scalar') {
    return vectorScalar(operate, dropsName, left, right, interner);
  }
  if (left.type === 'scalar' && right.type === 'vector') {
    const keepsRight: ElementOperation = (vectorValue, scalar) => {
      const value = operate(scalar, vectorValue);
      return value === undefined || dropsName ? value : vectorValue;
    };
    return vectorScalar(keepsRight, dropsName, right, left, interner);
  }
  throw new PromqlError(`${expr.operator} cannot combine ${left.type} and ${right.type}`);
}

function isSetOperator(operator: BinaryOperator): operator is SetOperator {
  return operator === 'and' || operator === 'or' || operator === 'unless';
}

function elementOperation({ operator, returnsBool }: BinaryExpr): ElementOperation {
  const compute = ARITHMETIC[operator];
  if (compute !== undefined) {
    if (returnsBool) throw new PromqlError(`bool cannot be used with ${operator}`);
    return compute;
  }
  const compare = COMPARISONS[operator];
  if (compare === undefined) throw new PromqlError(`operator ${operator} is not supported`);
  if (returnsBool) return (left, right) => (compare(left, right) ? 1 : 0);
  return (left, right) => (compare(left, right) ? left : undefined);
}

function scalarOperation(expr: BinaryExpr, operate: ElementOperation, left: ScalarCode, right: ScalarCode): ScalarCode {
  if (!(expr.operator in ARITHMETIC) && !expr.returnsBool) {
    throw new PromqlError('comparisons between scalars must use bool');
  }
  return scalarCode((context) => operate(left.run(context), right.run(context)) ?? Number.NaN);
}

function vectorScalar(
  operate: ElementOperation,
  dropsName: boolean,
  vector: VectorCode,
  scalar: ScalarCode,
  interner: LabelInterner,
): VectorCode {
  const dropName = interner.drop([METRIC_NAME]);
  return vectorCode((context) => {
    const right = scalar.run(context);
    const found: Sample[] = [];
    for (const { labels, value } of vector.run(context)) {
      const result = operate(value, right);
      if (result !== undefined) found.push({ labels: dropsName ? dropName(labels) : labels, value: result });
    }
    return dropsName ? requireDistinct(found) : found;
  });
}
