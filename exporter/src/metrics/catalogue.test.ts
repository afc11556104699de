import { describe, expect, it } from 'vitest';
import { catalogue, deviceFamilies } from './catalogue.ts';
import { parseSamples } from './__fixtures__/parse-text.ts';
import { createSelfMetrics } from './self-metrics.ts';

describe('catalogue', () => {
  it('has each name once', () => {
    const names = catalogue.map((family) => family.name);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(catalogue.map((family) => [family.name, family] as const))('%s follows the naming rules', (name, family) => {
    expect(name).toMatch(/^(patch|patchhaven)_[a-z0-9_]+$/);
    expect(name.endsWith('_total')).toBe(family.type === 'counter');
    expect(name.endsWith('_info')).toBe(family.type === 'info');
    expect(name.replace(/_total$/, '').endsWith('_seconds')).toBe(family.unit === 'seconds');
    expect(family.help).toMatch(/^[A-Z0-9].*\.$/);
    for (const label of family.labels) expect(label).toMatch(/^[a-z][a-z_]*$/);
    expect(new Set(family.labels).size).toBe(family.labels.length);
    expect(family.labels).not.toContain('instance');
  });

  it('tells devices apart by a label where an instance does not', () => {
    for (const family of deviceFamilies) expect(family.labels.includes('device')).toBe(family.identity === 'device');
  });

  it('declares every series that the exporter records about itself', async () => {
    const self = createSelfMetrics({ organizationLabel: 'organization', version: '1', processMetrics: false });
    const names = [...parseSamples(await self.render({ format: 'text' })).keys()].map((key) => key.replace(/\{.*/, ''));
    const declared = new Set(catalogue.map((family) => family.name));
    expect(names.filter((name) => !declared.has(name))).toEqual([]);
  });
});
