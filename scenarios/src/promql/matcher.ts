import { PromqlError } from './errors.ts';
import type { LabelSet } from './labels.ts';

export type MatchOperator = '=' | '!=' | '=~' | '!~';

/** One condition on one label. `matches` sees the empty string for a label that is missing. */
export interface Matcher {
  readonly name: string;
  readonly operator: MatchOperator;
  readonly value: string;
  matches(value: string): boolean;
}

export function createMatcher(name: string, operator: MatchOperator, value: string): Matcher {
  return { name, operator, value, matches: predicate(operator, value) };
}

export function matchesAll(matchers: readonly Matcher[], labels: LabelSet): boolean {
  return matchers.every((matcher) => matcher.matches(labels.get(matcher.name)));
}

function predicate(operator: MatchOperator, value: string): (candidate: string) => boolean {
  if (operator === '=') return (candidate) => candidate === value;
  if (operator === '!=') return (candidate) => candidate !== value;
  const pattern = anchoredPattern(value);
  if (operator === '=~') return (candidate) => pattern.test(candidate);
  return (candidate) => !pattern.test(candidate);
}

/** A fully anchored pattern, as Prometheus and Alertmanager use. Of RE2's own syntax only a leading `(?i)` is known. */
export function anchoredPattern(source: string): RegExp {
  const ignoresCase = source.startsWith('(?i)');
  const body = ignoresCase ? source.slice(4) : source;
  if (/\(\?[a-zA-Z-]+[):]|\(\?P<|\\[AzZQEpPC]|\[\[:/.test(body)) {
    throw new PromqlError(`regular expression uses RE2 syntax that is not supported: ${source}`);
  }
  try {
    return new RegExp(`^(?:${body})$`, ignoresCase ? 'i' : '');
  } catch (cause) {
    throw new PromqlError(`not a regular expression: ${source}`, { cause });
  }
}
