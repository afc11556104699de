import type { Counter } from './tally.ts';

/** Looks a word up without case. Missing or empty: undefined, uncounted. Not in the table: undefined and counted. */
export function translate<T>(
  table: Readonly<Record<string, T>>,
  word: string | null | undefined,
  field: string,
  unknownWords: Counter,
): T | undefined {
  const key = word?.trim().toUpperCase() ?? '';
  if (key === '') return undefined;
  if (Object.hasOwn(table, key)) return table[key];
  unknownWords.add(field);
  return undefined;
}
