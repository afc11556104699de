/** Longer words stay in the row: PostgreSQL's index takes 2,704 bytes, of which one character may need six as JSON. */
const maxWordLength = 400;

/**
 * What many saved states have in common (updates, operating systems, organizations), each once under a number that the
 * store gives out. A word is the JSON of any value. Values are handed out by reference, so that a fleet in memory has
 * them once, too.
 */
export class StateWords {
  readonly #numbers = new Map<string, number>();
  readonly #values: unknown[] = [];
  readonly #missing = new Set<string>();

  /**
   * The number of a value, or the value itself where it is too long to be a word. A word without a number is noted: learn
   * what `takeMissing` gives and ask again.
   */
  refer(value: unknown): unknown {
    const word = JSON.stringify(value);
    if (word.length > maxWordLength) return value;
    const number = this.#numbers.get(word);
    if (number === undefined) this.#missing.add(word);
    return number;
  }

  /** The value behind what `refer` gave. Throws RangeError for a number that was never learned. */
  resolve(reference: unknown): unknown {
    if (typeof reference !== 'number') return reference;
    const value = this.#values[reference];
    if (value === undefined) throw new RangeError(`word ${String(reference)} is not known`);
    return value;
  }

  /** As JSON. */
  takeMissing(): readonly string[] {
    const missing = [...this.#missing];
    this.#missing.clear();
    return missing;
  }

  learn(value: unknown, number: number): void {
    this.#numbers.set(JSON.stringify(value), number);
    this.#values[number] = value;
  }
}
