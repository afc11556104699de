import { z } from 'zod';
import { ApiError } from './api-error.ts';

const integerText = z.string().regex(/^\d{1,15}$/, 'must be a non-negative integer');

/** An integer in a query string. */
export const integer = (minimum = 0, maximum = Number.MAX_SAFE_INTEGER) =>
  integerText.transform(Number).pipe(z.number().min(minimum).max(maximum)).optional();

export const text = () => z.string().min(1, 'must not be empty').optional();

/** A comma-separated list of words. */
export const words = () =>
  text().transform((value) => (value === undefined ? undefined : new Set(value.split(',').map((word) => word.trim()))));

/** The three spellings clients send: `yyyyMMdd`, `yyyy-MM-dd` (both a UTC day) and epoch seconds. */
export const date = () =>
  text().transform((value, context) => {
    if (value === undefined) return undefined;
    const seconds = dateToUnixSeconds(value);
    if (seconds === undefined)
      context.addIssue({ code: 'custom', message: 'is not yyyyMMdd, yyyy-MM-dd or epoch seconds' });
    return seconds;
  });

export function dateToUnixSeconds(value: string): number | undefined {
  const day = /^(\d{4})-?(\d{2})-?(\d{2})$/.exec(value);
  if (day) {
    const ms = Date.parse(`${day.slice(1, 4).join('-')}T00:00:00Z`);
    return Number.isNaN(ms) ? undefined : ms / 1000;
  }
  return /^\d{9,11}(\.\d+)?$/.test(value) ? Number(value) : undefined;
}

/** Parses strictly: an unknown, repeated or malformed parameter is refused with 400 and its name. */
export function parse<T extends z.ZodType>(schema: T, input: unknown, what: 'query parameter' | 'body'): z.infer<T> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const reasons = result.error.issues.map((issue) => {
    if (issue.code === 'unrecognized_keys') return `unknown ${what} ${issue.keys.map((key) => `"${key}"`).join(', ')}`;
    return `${what} "${issue.path.join('.')}": ${issue.message}`;
  });
  throw new ApiError(400, reasons.join('; '));
}
