import { crc32, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Deflater } from './deflater.ts';
import type { Segment } from './segment.ts';

const finalBlock = Buffer.from([3, 0]);
const inflate = (segments: readonly Segment[]) =>
  inflateRawSync(Buffer.concat([...segments.map(({ deflated }) => deflated), finalBlock])).toString();

describe('Deflater', () => {
  it('makes segments that inflate in any order and company', async () => {
    const texts = fc.array(fc.string({ unit: 'grapheme', maxLength: 200 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(texts, async (pieces) => {
        const deflater = new Deflater();
        const segments: Segment[] = [];
        for (const piece of pieces) segments.push(await deflater.deflate(piece));
        expect(inflate(segments)).toBe(pieces.join(''));
        expect(inflate(segments.toReversed())).toBe(pieces.toReversed().join(''));
        segments.forEach((segment, i) => {
          const bytes = Buffer.from(pieces[i] ?? '');
          expect(segment).toMatchObject({ crc: crc32(bytes), textBytes: bytes.length });
        });
      }),
    );
  });

  it('takes texts beyond its buffers', async () => {
    const text = Array.from({ length: 60_000 }, (_, i) => `ü${String(Math.sin(i))}\n`).join('');
    expect(inflate([await new Deflater().deflate(text)])).toBe(text);
  });
});
