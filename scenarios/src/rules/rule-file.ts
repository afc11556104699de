import { parse } from 'yaml';
import { parseDurationMs } from '../promql/duration.ts';

export interface RecordingRuleSpec {
  readonly kind: 'recording';
  readonly name: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Annotations are not modelled: they never decide whether or when somebody is told. */
export interface AlertingRuleSpec {
  readonly kind: 'alerting';
  readonly name: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly forMs: number;
  readonly keepFiringForMs: number;
}

export type RuleSpec = RecordingRuleSpec | AlertingRuleSpec;

export interface RuleGroupSpec {
  readonly name: string;
  readonly intervalMs: number;
  readonly rules: readonly RuleSpec[];
}

type Yaml = Readonly<Record<string, unknown>>;

const GROUP_KEYS = new Set(['name', 'interval', 'rules']);
const RULE_KEYS = new Set(['record', 'alert', 'expr', 'labels', 'annotations', 'for', 'keep_firing_for']);

/** Reads a Prometheus rule file. A key outside the modelled set is refused: silence about it would falsify a run. */
export function parseRuleFile(text: string, defaultIntervalMs = 60_000): RuleGroupSpec[] {
  const file = asMap(parse(text), 'rule file');
  return asList(file['groups'], 'groups').map((entry) => toGroup(asMap(entry, 'group'), defaultIntervalMs));
}

function toGroup(group: Yaml, defaultIntervalMs: number): RuleGroupSpec {
  refuseUnknownKeys(group, GROUP_KEYS);
  return {
    name: asText(group['name'], 'group name'),
    intervalMs: optionalDurationMs(group['interval']) ?? defaultIntervalMs,
    rules: asList(group['rules'], 'rules').map((entry) => toRule(asMap(entry, 'rule'))),
  };
}

function toRule(rule: Yaml): RuleSpec {
  refuseUnknownKeys(rule, RULE_KEYS);
  const expr = asText(rule['expr'], 'expr');
  const labels = toLabels(rule['labels']);
  if (rule['record'] !== undefined) {
    return { kind: 'recording', name: asText(rule['record'], 'record'), expr, labels };
  }
  return {
    kind: 'alerting',
    name: asText(rule['alert'], 'alert'),
    expr,
    labels,
    forMs: optionalDurationMs(rule['for']) ?? 0,
    keepFiringForMs: optionalDurationMs(rule['keep_firing_for']) ?? 0,
  };
}

function toLabels(value: unknown): Record<string, string> {
  if (value === undefined) return {};
  return Object.fromEntries(Object.entries(asMap(value, 'labels')).map(([name, text]) => [name, String(text)]));
}

function optionalDurationMs(value: unknown): number | undefined {
  return value === undefined ? undefined : parseDurationMs(asText(value, 'duration'));
}

function refuseUnknownKeys(map: Yaml, known: ReadonlySet<string>): void {
  const unknown = Object.keys(map).filter((key) => !known.has(key));
  if (unknown.length > 0) throw new Error(`rule file key not modelled: ${unknown.join(', ')}`);
}

function asMap(value: unknown, what: string): Yaml {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${what} must be a mapping`);
  return value as Yaml;
}

function asList(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`${what} must be a list`);
  return value;
}

function asText(value: unknown, what: string): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new Error(`${what} must be a text`);
}
