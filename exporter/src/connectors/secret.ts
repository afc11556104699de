import { z } from 'zod';

const hidden = '[secret]';

/** A credential that cannot be printed by accident: JSON, templates and inspection show a placeholder. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The only way to the value; call it where the request is built and nowhere else. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return hidden;
  }

  toJSON(): string {
    return hidden;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return hidden;
  }
}

/** A secret in an options schema: a non-empty string becomes a `Secret`; one that already is stays. */
export const secretOption = z.union([
  z.instanceof(Secret),
  z
    .string()
    .min(1, 'must not be empty')
    .transform((value) => new Secret(value)),
]);
