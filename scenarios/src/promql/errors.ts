/** An expression that cannot be parsed, uses a construct outside the supported subset, or fails while evaluated. */
export class PromqlError extends Error {
  override readonly name = 'PromqlError';
}
