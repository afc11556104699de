import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineDictionary } from './line-dictionary.ts';

const line = fc
  .tuple(fc.constantFrom('missing', 'failed', 'ü'), fc.nat(300))
  .map(([status, count]) => `,status="${status}"} ${String(count)}\n`);

describe('LineDictionary', () => {
  it('gives back what it packed, and packs equal tails alike', () => {
    const dictionary = new LineDictionary();
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        const tails = lines.join('');
        const packed = dictionary.pack(tails);
        expect(packed).toHaveLength(lines.length);
        expect(dictionary.pack(lines.join(''))).toBe(packed);
        expect(dictionary.unpack(packed)).toBe(tails);
      }),
    );
  });

  it('leaves tails as they are when it is full', () => {
    const dictionary = new LineDictionary();
    const early = dictionary.pack(',a="b"} 1\n');
    for (let i = 0; i < 0x10000; i += 1) dictionary.pack(`,n="${String(i)}"} 1\n`);
    const tails = ',a="b"} 1\n,late="x"} 1\n';
    expect(dictionary.pack(tails)).toBe(tails);
    expect(dictionary.unpack(tails)).toBe(tails);
    expect(dictionary.unpack(early)).toBe(',a="b"} 1\n');
  });
});
