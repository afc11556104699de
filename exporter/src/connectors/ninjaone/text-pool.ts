/** One string for equal texts: the same update, or operating system, stands on thousands of devices. */
export class TextPool {
  readonly #texts = new Map<string, string>();

  one(text: string): string {
    const known = this.#texts.get(text);
    if (known === undefined) this.#texts.set(text, text);
    return known ?? text;
  }
}
