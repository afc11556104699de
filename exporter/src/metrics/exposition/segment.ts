import { constants, crc32, deflateRawSync } from 'node:zlib';
import { crc32Combine } from './crc32-combine.ts';

/** A piece of the output as raw deflate that ends on a byte without a final block: pieces in a row are one stream. */
export interface Segment {
  readonly deflated: Buffer;
  /** CRC-32 and length of the text inside. */
  readonly crc: number;
  readonly textBytes: number;
}

export const emptySegment: Segment = { deflated: Buffer.alloc(0), crc: 0, textBytes: 0 };

/** Compresses at once, on the event loop; for a few kilobytes. */
export function deflateSegmentSync(text: string): Segment {
  if (text === '') return emptySegment;
  const bytes = Buffer.from(text);
  const deflated = deflateRawSync(bytes, { level: 1, finishFlush: constants.Z_SYNC_FLUSH });
  // zlib answers with a view into a larger block, which would stay in memory with it.
  return { deflated: Buffer.from(deflated), crc: crc32(bytes), textBytes: bytes.length };
}

/** CRC and length of segments in a row. */
export function sumSegments(segments: Iterable<Segment>): { crc: number; textBytes: number } {
  let crc = 0;
  let textBytes = 0;
  for (const segment of segments) {
    if (segment.textBytes === 0) continue;
    crc = crc32Combine(crc, segment.crc, segment.textBytes);
    textBytes += segment.textBytes;
  }
  return { crc, textBytes };
}
