import { isMap, isScalar, isSeq, parseDocument, type YAMLMap } from 'yaml';

/** Seconds that the rules write as plain numbers. A new constant must be listed here before it can be scaled. */
const KNOWN_SECONDS: ReadonlySet<number> = new Set([60, 120, 3600, 7200, 10800, 14400, 86400, 259200, 1209600]);

/** Numbers that are states or counts, never times. */
const PLAIN_NUMBERS: ReadonlySet<number> = new Set([0, 1]);

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

const GROUP_KEYS: ReadonlySet<string> = new Set(['name', 'interval', 'rules']);
const RULE_KEYS: ReadonlySet<string> = new Set([
  'record',
  'alert',
  'expr',
  'for',
  'keep_firing_for',
  'labels',
  'annotations',
]);
const DURATION_KEYS: ReadonlySet<string> = new Set(['interval', 'for', 'keep_firing_for']);

/** String, range selector, offset, name, number with or without unit; what matches none is copied as it is. */
const TOKEN =
  /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|\[(?<range>[^\]]*)\]|\boffset\s+(?<offset>[^\s)]+)|[A-Za-z_:][\w:]*|(?<number>\d[\w.]*)/g;

/** Prometheus duration × factor, in milliseconds. Throws when it is no duration or would shrink to nothing. */
export function scaleDuration(duration: string, factor: number): string {
  if (!/^(\d+(ms|[smhdwy]))+$/.test(duration)) throw new Error(`not a Prometheus duration: ${duration}`);
  const parts = duration.matchAll(/(\d+)(ms|[smhdwy])/g);
  const ms = [...parts].reduce((sum, [, count, unit]) => sum + Number(count) * (UNIT_MS[unit ?? ''] ?? NaN), 0);
  if (ms === 0) return duration;
  const scaled = Math.round(ms * factor);
  if (scaled < 1) throw new Error(`${duration} × ${factor} is shorter than a millisecond`);
  return `${scaled}ms`;
}

function scaleNumber(text: string, factor: number, expression: string): string {
  const value = Number(text);
  if (PLAIN_NUMBERS.has(value)) return text;
  if (KNOWN_SECONDS.has(value)) return String(Number((value * factor).toFixed(3)));
  throw new Error(`cannot tell whether ${text} is a time, list it in scale.ts: ${expression}`);
}

/** Scales range selectors, offsets and known second constants of one PromQL expression. */
export function scaleExpression(expression: string, factor: number): string {
  return expression.replace(TOKEN, (token, ...rest) => {
    const groups = rest.at(-1) as { range?: string; offset?: string; number?: string };
    if (groups.range !== undefined) {
      const parts = groups.range.split(':');
      return `[${parts.map((part) => (part === '' ? '' : scaleDuration(part.trim(), factor))).join(':')}]`;
    }
    if (groups.offset !== undefined) return `offset ${scaleDuration(groups.offset, factor)}`;
    if (groups.number !== undefined) return scaleNumber(token, factor, expression);
    return token;
  });
}

/** Scales the queries inside the `{{ }}` actions of an annotation; the words around them stay. */
export function scaleAnnotation(template: string, factor: number): string {
  const queries = /(?<head>\bquery\s+|\bprintf\s+)"(?<promql>(?:[^"\\]|\\.)*)"/g;
  return template.replace(/\{\{.*?\}\}/gs, (action) => {
    if (!/\bquery\b/.test(action)) return action;
    return action.replace(
      queries,
      (_all, head: string, promql: string) => `${head}"${scaleExpression(promql, factor)}"`,
    );
  });
}

function scaleMap(map: YAMLMap, known: ReadonlySet<string>, factor: number): void {
  for (const { key, value } of map.items) {
    const name = String(key);
    if (!known.has(name)) throw new Error(`unknown key in a rule file: ${name}`);
    if (name === 'annotations' && isMap(value)) {
      for (const { value: annotation } of value.items) {
        if (isScalar(annotation)) annotation.value = scaleAnnotation(String(annotation.value), factor);
      }
    }
    if (!isScalar(value)) continue;
    if (DURATION_KEYS.has(name)) value.value = scaleDuration(String(value.value), factor);
    if (name === 'expr') value.value = scaleExpression(String(value.value), factor);
  }
}

/**
 * Scales every duration and second constant of a rule file by one factor, so that a two-hour story plays in seconds.
 * `factor` 0.01 makes 30 minutes 18 seconds. Deadlines that the exporter writes must be scaled by the same factor, and
 * Prometheus wants `--query.lookback-delta` scaled too.
 * Throws on a key or number it does not know: a constant left unscaled would make the whole run meaningless.
 */
export function scaleRules(yamlText: string, factor: number): string {
  if (!(factor > 0)) throw new Error(`the factor must be positive: ${factor}`);
  const document = parseDocument(yamlText);
  const groups = document.get('groups');
  if (!isSeq(groups)) throw new Error('not a rule file: no groups');
  for (const group of groups.items) {
    if (!isMap(group)) throw new Error('not a rule file: a group is not a map');
    scaleMap(group, GROUP_KEYS, factor);
    const rules = group.get('rules');
    if (!isSeq(rules)) throw new Error('not a rule file: a group without rules');
    for (const rule of rules.items) {
      if (!isMap(rule)) throw new Error('not a rule file: a rule is not a map');
      scaleMap(rule, RULE_KEYS, factor);
    }
  }
  return document.toString({ lineWidth: 0 });
}
