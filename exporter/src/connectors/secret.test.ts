import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Secret, secretOption } from './secret.ts';

describe('Secret', () => {
  const secret = new Secret('hunter2');

  it.each([
    ['a template', `${secret.toString()} ${String(secret)}`],
    ['JSON', JSON.stringify({ secret })],
    ['inspection', inspect({ deep: { secret } }, { showHidden: true, depth: 9 })],
    ['its own keys', JSON.stringify({ ...secret }) + Object.keys(secret).join()],
  ])('does not show in %s', (_where, text) => {
    expect(text).not.toContain('hunter2');
  });

  it('gives the value when asked by name', () => {
    expect(secret.reveal()).toBe('hunter2');
  });

  it('comes out of an options schema, from a string or from an earlier parse', () => {
    const Options = z.strictObject({ password: secretOption });
    const first = Options.parse({ password: 'hunter2' });
    expect(Options.parse(first).password.reveal()).toBe('hunter2');
    expect(() => Options.parse({ password: '' })).toThrow();
  });
});
