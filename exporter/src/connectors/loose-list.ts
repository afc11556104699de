import type { z } from 'zod';
import { ConnectorError } from '../domain/errors.ts';
import type { Counter } from './tally.ts';

/**
 * Collects list elements over the pages of one list: a malformed element costs itself and is counted under `reason`,
 * but a list of which nothing could be read is a failure and not an empty list.
 */
export class LooseList<T> {
  readonly #schema: z.ZodType<T>;
  readonly #dropped: Counter;
  readonly #reason: string;
  #read = 0;
  #bad = 0;

  constructor(schema: z.ZodType<T>, dropped: Counter, reason: string) {
    this.#schema = schema;
    this.#dropped = dropped;
    this.#reason = reason;
  }

  parse(elements: readonly unknown[]): T[] {
    return elements.flatMap((element) => {
      const result = this.#schema.safeParse(element);
      if (result.success) {
        this.#read += 1;
        return [result.data];
      }
      this.#bad += 1;
      this.#dropped.add(this.#reason);
      return [];
    });
  }

  /** Call once the last page is in. Throws ConnectorError('malformed') when every element was bad. */
  finish(): void {
    if (this.#read === 0 && this.#bad > 0)
      throw new ConnectorError('malformed', `none of ${String(this.#bad)} objects could be read (${this.#reason})`);
  }
}

/** The array in a vendor's answer, where `null` and a missing body stand for an empty list. Anything else: malformed. */
export function arrayOf(value: unknown, path: string): readonly unknown[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value as readonly unknown[];
  throw new ConnectorError('malformed', 'the answer is not a list', { path });
}
