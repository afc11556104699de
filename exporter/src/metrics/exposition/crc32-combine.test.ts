import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32Combine } from './crc32-combine.ts';

describe('crc32Combine', () => {
  it('gives the CRC of both pieces in a row, whatever their lengths', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), fc.uint8Array({ maxLength: 5000 }), (first, second) => {
        const whole = crc32(Buffer.concat([first, second]));
        expect(crc32Combine(crc32(first), crc32(second), second.length)).toBe(whole);
      }),
    );
  });

  it('handles pieces of many megabytes', () => {
    const first = Buffer.alloc(3_000_001, 'abc');
    const second = Buffer.alloc(17_000_003, 'xyz');
    const whole = crc32(second, crc32(first));
    expect(crc32Combine(crc32(first), crc32(second), second.length)).toBe(whole);
  });
});
