import type { z } from 'zod';
import { didYouMean } from './did-you-mean.ts';
import { knownKeys } from './schema-walk.ts';

/** One problem before it has a line: where it is, what is wrong, and whether the key rather than the value is meant. */
export interface Finding {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly atKey: boolean;
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
};

/** Turns what zod found into sentences for the person who wrote the file. */
export function toFindings(issue: z.core.$ZodIssue, schema: z.core.$ZodType): readonly Finding[] {
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, issue.path);
    return issue.keys.map((key) => unknownKey([...issue.path, key], key, known));
  }
  if (issue.code === 'invalid_key') {
    const message = issue.issues[0]?.message ?? 'is not a valid key';
    return [{ path: issue.path, message, atKey: true }];
  }
  return [{ path: issue.path, message: describe(issue), atKey: false }];
}

export function unknownKey(path: readonly PropertyKey[], key: string, known: readonly string[]): Finding {
  const near = didYouMean(key, known);
  const hint = near === undefined ? '' : `, did you mean "${near}"?`;
  return { path, message: `unknown key${hint}`, atKey: true };
}

function describe(issue: z.core.$ZodIssue): string {
  if (isMissing(issue)) return 'is required';
  if (issue.code === 'invalid_type' && issue.message.startsWith('Invalid input'))
    return `must be ${typeWords[issue.expected] ?? issue.expected}`;
  if (issue.code === 'invalid_value' && issue.message.startsWith('Invalid'))
    return `must be one of ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'too_small' && issue.message.startsWith('Too small')) return smallest(issue);
  if (issue.code === 'too_big' && issue.message.startsWith('Too big'))
    return `must be at most ${String(issue.maximum)}`;
  return issue.message;
}

/** zod leaves the input out of its issues, so that secrets stay out of messages; what was expected tells enough. */
function isMissing(issue: z.core.$ZodIssue): boolean {
  if (issue.code === 'invalid_union' && issue.errors.length > 0)
    return issue.errors.every((branch) => branch.some(isMissing));
  return issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
}

function smallest(issue: z.core.$ZodIssueTooSmall): string {
  if (issue.origin === 'string' || issue.origin === 'array') return 'must not be empty';
  return `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${String(issue.minimum)}`;
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
