import type { Matcher } from './matcher.ts';

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '^';
export type ComparisonOperator = '==' | '!=' | '>' | '<' | '>=' | '<=';
export type SetOperator = 'and' | 'or' | 'unless';
export type BinaryOperator = ArithmeticOperator | ComparisonOperator | SetOperator;

/** How the two sides of a binary operation find each other. `include` names the labels copied from the "one" side. */
export interface VectorMatching {
  readonly mode: 'on' | 'ignoring';
  readonly labels: readonly string[];
  readonly cardinality: 'one-to-one' | 'many-to-one' | 'one-to-many';
  readonly include: readonly string[];
}

export interface SelectorExpr {
  readonly kind: 'selector';
  readonly matchers: readonly Matcher[];
  readonly offsetMs: number;
}

export interface RangeExpr {
  readonly kind: 'range';
  readonly selector: SelectorExpr;
  readonly rangeMs: number;
}

export interface BinaryExpr {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly returnsBool: boolean;
  readonly matching: VectorMatching;
  readonly left: Expr;
  readonly right: Expr;
}

export interface CallExpr {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Expr[];
}

export interface AggregateExpr {
  readonly kind: 'aggregate';
  readonly operator: string;
  readonly grouping: 'by' | 'without';
  readonly labels: readonly string[];
  readonly argument: Expr;
}

export type Expr =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'negate'; readonly operand: Expr }
  | SelectorExpr
  | RangeExpr
  | BinaryExpr
  | CallExpr
  | AggregateExpr;
