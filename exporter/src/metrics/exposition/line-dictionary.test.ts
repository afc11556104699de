import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Sample } from '../family.ts';
import { renderTails } from './device-cells.ts';
import { LineDictionary } from './line-dictionary.ts';

const names = ['status', 'severity'];
const label = fc.constantFrom('', 'missing', 'failed', 'ü', '\0', '\ufffd', '\ud800', '"\n\\');
const value = fc.oneof(fc.nat(300), fc.constantFrom(Number.NaN, Infinity, -0, 0.5));
const sample: fc.Arbitrary<Sample> = fc.record({ labels: fc.tuple(label, label), value });

describe('LineDictionary', () => {
  it('gives back the tails of what it packed, and packs equal samples alike', () => {
    const dictionary = new LineDictionary(names);
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 8 }), (samples) => {
        const tails = renderTails(names, samples);
        const packed = dictionary.pack(samples);
        expect(packed).toHaveLength(tails.split('\n').length - 1);
        expect(dictionary.pack([...samples])).toBe(packed);
        expect(dictionary.unpack(packed)).toBe(tails);
      }),
    );
  });

  it('gives the tails as they are when it is full', () => {
    const dictionary = new LineDictionary(['n']);
    const one = { labels: ['a'], value: 1 };
    const early = dictionary.pack([one]);
    for (let i = 0; i < 0x10000; i += 1) dictionary.pack([{ labels: ['n'], value: i }]);
    for (const late of [
      { labels: ['late'], value: 1 },
      { labels: ['n'], value: -1 },
    ]) {
      const tails = renderTails(['n'], [one, late]);
      expect(dictionary.pack([one, late])).toBe(tails);
      expect(dictionary.unpack(tails)).toBe(tails);
    }
    expect(dictionary.unpack(early)).toBe(',n="a"} 1\n');
    expect(dictionary.pack([one])).toBe(early);
  });
});
