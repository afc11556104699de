/** One value for equal ones: the same update, or operating system, stands on thousands of devices. */
export class Pool<T> {
  readonly #values = new Map<string, T>();

  /** Values are equal when they are so as JSON, with their keys in the same order. */
  one(value: T): T {
    const key = typeof value === 'string' ? value : JSON.stringify(value);
    const known = this.#values.get(key);
    if (known === undefined) this.#values.set(key, value);
    return known ?? value;
  }
}
