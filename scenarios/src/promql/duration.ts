import { PromqlError } from './errors.ts';

const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

/** Parses a Prometheus duration such as `1h30m` or `0` into milliseconds; a leading minus is allowed (offsets). */
export function parseDurationMs(text: string): number {
  const trimmed = text.trim();
  if (trimmed === '0') return 0;
  const sign = trimmed.startsWith('-') ? -1 : 1;
  const body = sign < 0 ? trimmed.slice(1).trim() : trimmed;
  if (!/^(\d+(ms|[smhdwy]))+$/.test(body)) throw new PromqlError(`not a duration: ${text}`);
  let total = 0;
  for (const [, amount, unit] of body.matchAll(/(\d+)(ms|[smhdwy])/g)) {
    total += Number(amount) * (UNITS_MS[unit ?? ''] ?? Number.NaN);
  }
  return sign * total;
}
