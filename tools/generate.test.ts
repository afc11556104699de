import { describe, expect, it } from 'vitest';
import { findDrift, generators } from './generate.ts';

describe('generated files', () => {
  it('are what their sources say (npm run generate)', async () => {
    expect(await findDrift()).toEqual([]);
  });

  it('are each written by one generator', () => {
    const files = generators.map(({ file }) => file);
    expect(new Set(files).size).toBe(files.length);
  });
});
