import { PromqlError } from './errors.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/** The text of a PromQL string literal: Go escapes inside quotes, nothing special inside backticks. */
export function unquote(literal: string): string {
  const body = literal.slice(1, -1);
  if (literal.startsWith('`')) return body;
  return body.replace(/\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([\s\S]))/g, (all, hex, unicode, single) => {
    const code: unknown = hex ?? unicode;
    if (typeof code === 'string') return String.fromCodePoint(Number.parseInt(code, 16));
    const plain = ESCAPES[String(single)];
    if (plain === undefined) throw new PromqlError(`unknown escape ${all} in ${literal}`);
    return plain;
  });
}

/** Decimal, scientific, hexadecimal, Inf and NaN. A duration in the place of a number needs Prometheus 3. */
export function parseNumber(literal: string): number {
  const text = literal.trim().toLowerCase();
  if (/^[+-]?inf$/.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^[+-]?nan$/.test(text)) return Number.NaN;
  const value = text.startsWith('-') ? -Number(text.slice(1)) : Number(text.replace(/^\+/, ''));
  if (Number.isNaN(value)) throw new PromqlError(`a duration cannot stand for a number: ${literal}`);
  return value;
}
