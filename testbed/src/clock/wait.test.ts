import { describe, expect, it } from 'vitest';
import { eventually } from './wait.ts';

describe('eventually', () => {
  it('returns the first value that is neither undefined, null nor false', async () => {
    const values = [undefined, null, false, 0];
    expect(await eventually(() => values.shift(), { intervalMs: 1 })).toBe(0);
  });

  it('takes a throw as "not yet"', async () => {
    let tries = 0;
    const probe = () => {
      tries += 1;
      if (tries < 3) throw new Error('refused');
      return tries;
    };
    expect(await eventually(probe, { intervalMs: 1 })).toBe(3);
  });

  it('names what it waited for and the last error when the time is over', async () => {
    const probe = () => {
      throw new Error('refused');
    };
    await expect(eventually(probe, { timeoutMs: 20, intervalMs: 5, what: 'the page' })).rejects.toMatchObject({
      message: 'the page did not come within 20 ms',
      cause: new Error('refused'),
    });
  });
});
