import { compileAggregate } from './aggregate.ts';
import type { Expr } from './ast.ts';
import { compileBinary } from './binary.ts';
import { PromqlError } from './errors.ts';
import type { FunctionEnvironment } from './functions.ts';
import { compileCall } from './functions.ts';
import { LabelInterner, METRIC_NAME } from './labels.ts';
import { parsePromql } from './parse.ts';
import type { WindowStart } from './selection.ts';
import { compileRange, compileSelector } from './selection.ts';
import type { Code, EvalContext, Vector } from './value.ts';
import { requireDistinct, scalarCode, vectorCode } from './value.ts';

/** An expression ready to run any number of times against any store; a scalar comes back as one unlabelled element. */
export type Query = (context: EvalContext) => Vector;

/** Compiles each distinct expression once. Share one engine, and its labels, between all worlds of a run. */
export class PromqlEngine {
  readonly labels = new LabelInterner();
  readonly #environment: FunctionEnvironment;
  readonly #queries = new Map<string, Query>();

  /** `windowStart`: `closed` behaves as Prometheus 2 (the default, 2.42 is the oracle), `open` as Prometheus 3. */
  constructor(windowStart: WindowStart = 'closed') {
    this.#environment = { interner: this.labels, windowStart };
  }

  /** Throws PromqlError when the expression is malformed or leaves the supported subset. */
  compile(text: string): Query {
    const known = this.#queries.get(text);
    if (known !== undefined) return known;
    const query = this.#toQuery(compileExpr(parsePromql(text), this.#environment));
    this.#queries.set(text, query);
    return query;
  }

  #toQuery(code: Code): Query {
    if (code.type === 'vector') return (context) => code.run(context);
    if (code.type !== 'scalar') throw new PromqlError(`an expression cannot end as a ${code.type}`);
    const noLabels = this.labels.of({});
    return (context) => [{ labels: noLabels, value: code.run(context) }];
  }
}

function compileExpr(expr: Expr, environment: FunctionEnvironment): Code {
  switch (expr.kind) {
    case 'number':
      return scalarCode(() => expr.value);
    case 'string':
      return { type: 'string', value: expr.value };
    case 'selector':
      return compileSelector(expr, environment.windowStart);
    case 'range':
      return compileRange(expr);
    case 'negate':
      return negate(compileExpr(expr.operand, environment), environment.interner);
    case 'aggregate':
      return compileAggregate(expr, compileExpr(expr.argument, environment), environment.interner);
    case 'call':
      return compileCall(
        expr,
        expr.args.map((argument) => compileExpr(argument, environment)),
        environment,
      );
    case 'binary':
      return compileBinary(
        expr,
        compileExpr(expr.left, environment),
        compileExpr(expr.right, environment),
        environment.interner,
      );
  }
}

function negate(code: Code, interner: LabelInterner): Code {
  if (code.type === 'scalar') return scalarCode((context) => -code.run(context));
  if (code.type !== 'vector') throw new PromqlError(`unary minus cannot be applied to a ${code.type}`);
  const dropName = interner.drop([METRIC_NAME]);
  return vectorCode((context) =>
    requireDistinct(code.run(context).map(({ labels, value }) => ({ labels: dropName(labels), value: -value }))),
  );
}
