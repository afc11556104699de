import { it, type TestAPI } from 'vitest';

const undeclared = Object.assign(() => undefined, { each: () => () => undefined });

/** `it` where the condition holds, and no test where it does not: what cannot happen to a source is not left out. */
export function where(condition: boolean): Pick<TestAPI, 'each'> & ((name: string, test: () => Promise<void>) => void) {
  return condition ? it : undeclared;
}
