import { describe, expect, it } from 'vitest';
import { checkOrganizationLabel, escapeLabelValue, labelPair } from './labels.ts';

describe('escapeLabelValue', () => {
  it.each([
    ['plain', 'plain'],
    ['back\\slash', 'back\\\\slash'],
    ['say "hi"', 'say \\"hi\\"'],
    ['two\nlines', 'two\\nlines'],
    ['Büro 東京 🖥', 'Büro 東京 🖥'],
    ['half \ud83d pair', 'half \ufffd pair'],
    ['nul\0', 'nul\ufffd'],
  ])('%j becomes %j', (value, escaped) => {
    expect(escapeLabelValue(value)).toBe(escaped);
  });
});

describe('labelPair', () => {
  it('leaves an empty value out, which is the same to Prometheus', () => {
    expect(labelPair('site', '')).toBe('');
  });
});

describe('checkOrganizationLabel', () => {
  it.each(['9lives', 'has-dash', '__name__', '', 'instance', 'patch'])('refuses %j', (name) => {
    expect(() => {
      checkOrganizationLabel(name, ['patch']);
    }).toThrow(RangeError);
  });

  it.each([null, 'organization', 'client'])('takes %j', (name) => {
    expect(() => {
      checkOrganizationLabel(name, ['patch']);
    }).not.toThrow();
  });
});
