import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fileURLToPath } from 'node:url';
import { loadConfig } from './load.ts';

describe('config.example.yaml', () => {
  it('is a valid configuration', () => {
    const file = fileURLToPath(new URL('../../config.example.yaml', import.meta.url));
    const config = loadConfig(file, { sourceSchemas: { events: z.strictObject({}) }, env: {} });
    expect(config.policy.budget.byGroup).toEqual({ 'Domain controllers': 2700 });
    expect(config.sources.map(({ id }) => id)).toEqual(['pipeline']);
  });
});
