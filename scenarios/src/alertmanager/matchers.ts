import { unquote } from '../promql/literals.ts';
import type { Matcher, MatchOperator } from '../promql/matcher.ts';
import { createMatcher } from '../promql/matcher.ts';

const MATCHER = /^\s*([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*"|[^"]*?)\s*$/s;

/** Parses one entry of a `matchers` list: `a="b"`, `a=~b`, or several of them as `{a="b",c!="d"}`. */
export function parseMatchers(text: string): Matcher[] {
  const body = text.trim().replace(/^\{([\s\S]*)\}$/, '$1');
  return splitOutsideQuotes(body).map(toMatcher);
}

function toMatcher(text: string): Matcher {
  const [, name, operator, value] = MATCHER.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new Error(`not a matcher: ${text}`);
  return createMatcher(name, operator as MatchOperator, value.startsWith('"') ? unquote(value) : value);
}

function splitOutsideQuotes(text: string): string[] {
  return (text.match(/(?:"(?:[^"\\]|\\.)*"|[^",])+/g) ?? []).filter((part) => part.trim() !== '');
}
