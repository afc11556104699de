import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import type { BinaryExpr, BinaryOperator, Expr, RangeExpr, SelectorExpr, VectorMatching } from './ast.ts';
import { parseDurationMs } from './duration.ts';
import { PromqlError } from './errors.ts';
import { METRIC_NAME } from './labels.ts';
import type { Matcher, MatchOperator } from './matcher.ts';
import { createMatcher } from './matcher.ts';
import { parseNumber, unquote } from './literals.ts';

const BINARY_OPERATORS: Readonly<Record<string, BinaryOperator>> = {
  Add: '+',
  Sub: '-',
  Mul: '*',
  Div: '/',
  Mod: '%',
  Pow: '^',
  Eql: '==',
  Neq: '!=',
  Gtr: '>',
  Lss: '<',
  Gte: '>=',
  Lte: '<=',
  And: 'and',
  Or: 'or',
  Unless: 'unless',
};

const ONE_TO_ONE: VectorMatching = { mode: 'ignoring', labels: [], cardinality: 'one-to-one', include: [] };

/** Parses with the grammar that Prometheus publishes; a construct outside the supported subset is named in the error. */
export function parsePromql(original: string): Expr {
  const text = bindOffsets(original);
  const tree = parser.parse(text);
  tree.iterate({
    enter: ({ type, from }) => {
      if (type.isError) throw new PromqlError(`syntax error at character ${String(from)} of: ${text}`);
    },
  });
  const [root] = children(tree.topNode);
  if (root === undefined) throw new PromqlError('empty expression');
  return toExpr(root, text);
}

/**
 * The published grammar lets `offset` take a whole operation (`a + b offset 1m` reads as `(a + b) offset 1m`), while
 * Prometheus binds it to the selector before it. Parentheses around selector and offset make both read the same.
 */
function bindOffsets(text: string): string {
  let misread: { from: number; to: number } | undefined;
  parser.parse(text).iterate({
    enter: ({ node }) => {
      const operand = node.name === 'OffsetExpr' ? node.firstChild : null;
      const selector = operand === null ? undefined : lastSelector(operand);
      if (selector !== undefined && selector.from !== operand?.from) misread ??= { from: selector.from, to: node.to };
    },
  });
  if (misread === undefined) return text;
  const { from, to } = misread;
  return bindOffsets(`${text.slice(0, from)}(${text.slice(from, to)})${text.slice(to)}`);
}

/** The selector that ends an operation without parentheses. */
function lastSelector(node: SyntaxNode): SyntaxNode | undefined {
  if (node.name === 'VectorSelector' || node.name === 'MatrixSelector') return node;
  if (node.name !== 'BinaryExpr' && node.name !== 'UnaryExpr') return undefined;
  return node.lastChild === null ? undefined : lastSelector(node.lastChild);
}

type Converter = (node: SyntaxNode, text: string) => Expr;

const CONVERTERS: Readonly<Record<string, Converter>> = {
  ParenExpr: (node, text) => toExpr(only(node, text), text),
  NumberDurationLiteral: (node, text) => ({ kind: 'number', value: parseNumber(source(node, text)) }),
  StringLiteral: (node, text) => ({ kind: 'string', value: unquote(source(node, text)) }),
  VectorSelector: toSelector,
  MatrixSelector: toRange,
  OffsetExpr: toOffset,
  UnaryExpr: toUnary,
  BinaryExpr: toBinary,
  FunctionCall: toCall,
  AggregateExpr: toAggregate,
};

function toExpr(node: SyntaxNode, text: string): Expr {
  const convert = CONVERTERS[node.name];
  if (convert === undefined) throw new PromqlError(`${node.name} is not supported: ${source(node, text)}`);
  return convert(node, text);
}

function toSelector(node: SyntaxNode, text: string): SelectorExpr {
  const matchers: Matcher[] = [];
  const name = node.getChild('Identifier');
  if (name !== null) matchers.push(createMatcher(METRIC_NAME, '=', source(name, text)));
  for (const matcher of node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? []) {
    matchers.push(toMatcher(matcher, text));
  }
  const list = node.getChild('LabelMatchers');
  const isQuoted = list?.getChild('QuotedLabelMatcher') ?? list?.getChild('QuotedLabelName') ?? null;
  if (isQuoted !== null) {
    throw new PromqlError(`quoted names are not supported: ${source(node, text)}`);
  }
  if (matchers.every((matcher) => matcher.matches(''))) {
    throw new PromqlError(`a selector needs a matcher that does not match the empty string: ${source(node, text)}`);
  }
  return { kind: 'selector', matchers, offsetMs: 0 };
}

function toMatcher(node: SyntaxNode, text: string): Matcher {
  const [name, operator, value] = children(node).map((child) => source(child, text));
  return createMatcher(name ?? '', operator as MatchOperator, unquote(value ?? ''));
}

function toRange(node: SyntaxNode, text: string): RangeExpr {
  const [inner, duration] = children(node);
  if (inner?.name !== 'VectorSelector' || duration === undefined) {
    throw new PromqlError(`a range needs a plain selector: ${source(node, text)}`);
  }
  return { kind: 'range', selector: toSelector(inner, text), rangeMs: parseDurationMs(source(duration, text)) };
}

function toOffset(node: SyntaxNode, text: string): Expr {
  const [inner, , duration] = children(node);
  if (inner === undefined || duration === undefined) throw new PromqlError(`bad offset: ${source(node, text)}`);
  const expr = toExpr(inner, text);
  const offsetMs = parseDurationMs(source(duration, text));
  if (expr.kind === 'selector') return { ...expr, offsetMs };
  if (expr.kind === 'range') return { ...expr, selector: { ...expr.selector, offsetMs } };
  throw new PromqlError(`offset needs a selector: ${source(node, text)}`);
}

function toUnary(node: SyntaxNode, text: string): Expr {
  const [operator, operand] = children(node);
  if (operator === undefined || operand === undefined) throw new PromqlError(`bad unary: ${source(node, text)}`);
  const expr = toExpr(operand, text);
  return source(operator, text) === '-' ? { kind: 'negate', operand: expr } : expr;
}

function toBinary(node: SyntaxNode, text: string): BinaryExpr {
  const parts = children(node);
  const [left, operatorNode] = parts;
  const right = parts.at(-1);
  const operator = BINARY_OPERATORS[operatorNode?.name ?? ''];
  if (node.getChild('FillModifier') !== null || operator === undefined) {
    throw new PromqlError(`operator ${operatorNode?.name ?? ''} or its fill modifier is not supported`);
  }
  if (left === undefined || right === undefined) throw new PromqlError(`bad operation: ${source(node, text)}`);
  return {
    kind: 'binary',
    operator,
    returnsBool: node.getChild('BoolModifier') !== null,
    matching: toMatching(node.getChild('MatchingModifierClause'), text),
    left: toExpr(left, text),
    right: toExpr(right, text),
  };
}

function toMatching(clause: SyntaxNode | null, text: string): VectorMatching {
  if (clause === null) return ONE_TO_ONE;
  const [labels, include] = clause.getChildren('GroupingLabels').map((node) => labelNames(node, text));
  const isLeft = clause.getChild('GroupLeft') !== null;
  const isRight = clause.getChild('GroupRight') !== null;
  return {
    mode: clause.getChild('On') === null ? 'ignoring' : 'on',
    labels: labels ?? [],
    cardinality: isLeft ? 'many-to-one' : isRight ? 'one-to-many' : 'one-to-one',
    include: include ?? [],
  };
}

function toCall(node: SyntaxNode, text: string): Expr {
  const [identifier, body] = children(node);
  if (identifier === undefined || body === undefined) throw new PromqlError(`bad call: ${source(node, text)}`);
  return { kind: 'call', name: source(identifier, text), args: children(body).map((arg) => toExpr(arg, text)) };
}

function toAggregate(node: SyntaxNode, text: string): Expr {
  const operator = node.getChild('AggregateOp');
  const body = node.getChild('FunctionCallBody');
  const modifier = node.getChild('AggregateModifier');
  if (operator === null || body === null) throw new PromqlError(`bad aggregation: ${source(node, text)}`);
  const [argument, ...more] = children(body);
  if (argument === undefined || more.length > 0) {
    throw new PromqlError(`aggregation parameters are not supported: ${source(node, text)}`);
  }
  const labels = modifier?.getChild('GroupingLabels') ?? null;
  return {
    kind: 'aggregate',
    operator: source(operator, text).toLowerCase(),
    grouping: (modifier?.getChild('Without') ?? null) === null ? 'by' : 'without',
    labels: labels === null ? [] : labelNames(labels, text),
    argument: toExpr(argument, text),
  };
}

function labelNames(node: SyntaxNode, text: string): string[] {
  return node.getChildren('LabelName').map((name) => source(name, text));
}

function only(node: SyntaxNode, text: string): SyntaxNode {
  const [child] = children(node);
  if (child === undefined) throw new PromqlError(`empty parentheses: ${source(node, text)}`);
  return child;
}

function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== 'LineComment') found.push(child);
  }
  return found;
}

function source(node: SyntaxNode, text: string): string {
  return text.slice(node.from, node.to);
}
