import type { CallExpr, Expr } from './ast.ts';
import { PromqlError } from './errors.ts';
import type { LabelInterner, LabelMapping, LabelSet } from './labels.ts';
import { memoizeLabels, METRIC_NAME } from './labels.ts';
import type { Matcher } from './matcher.ts';
import { anchoredPattern } from './matcher.ts';
import { lastOverTime, runWindowFunction, WINDOW_FUNCTIONS } from './range-functions.ts';
import type { WindowStart } from './selection.ts';
import { selectTimestamps } from './selection.ts';
import type { Code, RangeCode, ScalarCode, Vector, VectorCode } from './value.ts';
import { requireDistinct, scalarCode, vectorCode } from './value.ts';

export interface FunctionEnvironment {
  readonly interner: LabelInterner;
  readonly windowStart: WindowStart;
}

type CompileCall = (call: CallExpr, args: readonly Code[], environment: FunctionEnvironment) => Code;

/** Compiles a call; a function outside this table is an error that names it. */
export function compileCall(call: CallExpr, args: readonly Code[], environment: FunctionEnvironment): Code {
  const compile = FUNCTIONS[call.name] ?? (call.name in WINDOW_FUNCTIONS ? compileWindowCall : undefined);
  if (compile === undefined) throw new PromqlError(`function ${call.name} is not supported`);
  return compile(call, args, environment);
}

const FUNCTIONS: Readonly<Record<string, CompileCall>> = {
  time: () => scalarCode(({ atMs }) => atMs / 1000),
  vector: (call, args, { interner }) => {
    const scalar = scalarArg(call, args, 0);
    const noLabels = interner.of({});
    return vectorCode((context) => [{ labels: noLabels, value: scalar.run(context) }]);
  },
  scalar: (call, args) => {
    const vector = vectorArg(call, args, 0);
    return scalarCode((context) => {
      const [first, ...more] = vector.run(context);
      return first === undefined || more.length > 0 ? Number.NaN : first.value;
    });
  },
  abs: (call, args, environment) => mapValues(vectorArg(call, args, 0), environment, () => Math.abs),
  floor: (call, args, environment) => mapValues(vectorArg(call, args, 0), environment, () => Math.floor),
  ceil: (call, args, environment) => mapValues(vectorArg(call, args, 0), environment, () => Math.ceil),
  clamp_min: (call, args, environment) => {
    const bound = scalarArg(call, args, 1);
    return mapValues(vectorArg(call, args, 0), environment, (context) => {
      const min = bound.run(context);
      return (value) => Math.max(min, value);
    });
  },
  clamp_max: (call, args, environment) => {
    const bound = scalarArg(call, args, 1);
    return mapValues(vectorArg(call, args, 0), environment, (context) => {
      const max = bound.run(context);
      return (value) => Math.min(max, value);
    });
  },
  timestamp: compileTimestamp,
  absent: (call, args, { interner }) => absence(vectorArg(call, args, 0), absentLabels(call.args[0], interner)),
  absent_over_time: (call, args, { interner, windowStart }) => {
    const range = rangeArg(call, args, 0);
    const present = vectorCode((context) => lastOverTime(range, windowStart, context));
    return absence(present, absentLabels(call.args[0], interner));
  },
  last_over_time: (call, args, { windowStart }) => {
    const range = rangeArg(call, args, 0);
    return vectorCode((context) => lastOverTime(range, windowStart, context));
  },
  label_replace: compileLabelReplace,
};

function compileWindowCall(call: CallExpr, args: readonly Code[], environment: FunctionEnvironment): Code {
  const windowFunction = WINDOW_FUNCTIONS[call.name];
  if (windowFunction === undefined) throw new PromqlError(`function ${call.name} is not supported`);
  const range = rangeArg(call, args, 0);
  const dropName = environment.interner.drop([METRIC_NAME]);
  return vectorCode((context) => runWindowFunction(range, windowFunction, dropName, environment.windowStart, context));
}

function compileTimestamp(call: CallExpr, args: readonly Code[], environment: FunctionEnvironment): Code {
  const [argument] = call.args;
  if (argument?.kind !== 'selector') {
    return mapValues(
      vectorArg(call, args, 0),
      environment,
      ({ atMs }) =>
        () =>
          atMs / 1000,
    );
  }
  const dropName = environment.interner.drop([METRIC_NAME]);
  return vectorCode((context) => relabel(selectTimestamps(argument, environment.windowStart, context), dropName));
}

function compileLabelReplace(call: CallExpr, args: readonly Code[], { interner }: FunctionEnvironment): Code {
  const vector = vectorArg(call, args, 0);
  const [target, replacement, origin, regex] = [1, 2, 3, 4].map((index) => stringArg(call, args, index));
  if (!/^[a-zA-Z_]\w*$/.test(target ?? '')) throw new PromqlError(`invalid target label ${target ?? ''}`);
  const pattern = anchoredPattern(regex ?? '');
  const rewrite = memoizeLabels((labels) => {
    const match = pattern.exec(labels.get(origin ?? ''));
    if (match === null) return labels;
    return interner.with(labels, { [target ?? '']: expandTemplate(replacement ?? '', match) });
  });
  return vectorCode((context) => relabel(vector.run(context), rewrite));
}

/** `$1`, `${1}`, `$name`, `${name}` and `$$`; a reference to a group that does not exist is empty (Go regexp.Expand). */
function expandTemplate(template: string, match: RegExpExecArray): string {
  return template.replace(/\$(?:(\$)|\{(\w+)\}|(\w+))/g, (_all, dollar, braced, bare) => {
    if (dollar === '$') return '$';
    const name = String(braced ?? bare);
    return (/^\d+$/.test(name) ? match[Number(name)] : match.groups?.[name]) ?? '';
  });
}

type ValueMapping = (value: number) => number;

function mapValues(
  vector: VectorCode,
  { interner }: FunctionEnvironment,
  mappingAt: (context: Parameters<VectorCode['run']>[0]) => ValueMapping,
): VectorCode {
  const dropName = interner.drop([METRIC_NAME]);
  return vectorCode((context) => {
    const map = mappingAt(context);
    const mapped = vector.run(context).map(({ labels, value }) => ({ labels: dropName(labels), value: map(value) }));
    return requireDistinct(mapped);
  });
}

function relabel(vector: Vector, mapping: LabelMapping): Vector {
  return requireDistinct(vector.map(({ labels, value }) => ({ labels: mapping(labels), value })));
}

function absence(vector: VectorCode, labels: LabelSet): VectorCode {
  const absent: Vector = [{ labels, value: 1 }];
  return vectorCode((context) => (vector.run(context).length > 0 ? [] : absent));
}

/** The labels of an absence are those the selector demands by equality, once each. */
function absentLabels(argument: Expr | undefined, interner: LabelInterner): LabelSet {
  const demanded: Record<string, string> = {};
  const seen = new Set<string>();
  for (const { name, operator, value } of selectorMatchers(argument)) {
    if (name === METRIC_NAME) continue;
    demanded[name] = operator === '=' && !seen.has(name) ? value : '';
    if (operator === '=') seen.add(name);
  }
  return interner.of(demanded);
}

function selectorMatchers(expr: Expr | undefined): readonly Matcher[] {
  if (expr?.kind === 'selector') return expr.matchers;
  return expr?.kind === 'range' ? expr.selector.matchers : [];
}

function argument<Type extends Code['type']>(
  call: CallExpr,
  args: readonly Code[],
  index: number,
  type: Type,
): Extract<Code, { type: Type }> {
  const code = args[index];
  if (code === undefined || !isOfType(code, type)) {
    throw new PromqlError(`${call.name} needs a ${type} as argument ${String(index + 1)}`);
  }
  return code;
}

function isOfType<Type extends Code['type']>(code: Code, type: Type): code is Extract<Code, { type: Type }> {
  return code.type === type;
}

function scalarArg(call: CallExpr, args: readonly Code[], index: number): ScalarCode {
  return argument(call, args, index, 'scalar');
}

function vectorArg(call: CallExpr, args: readonly Code[], index: number): VectorCode {
  return argument(call, args, index, 'vector');
}

function rangeArg(call: CallExpr, args: readonly Code[], index: number): RangeCode {
  return argument(call, args, index, 'range');
}

function stringArg(call: CallExpr, args: readonly Code[], index: number): string {
  return argument(call, args, index, 'string').value;
}
