import { Readable } from 'node:stream';
import { createInflateRaw } from 'node:zlib';
import { sumSegments, type Segment } from './segment.ts';

/** The answer to one scrape, in both encodings, any number of times. */
export interface ScrapeBody {
  readonly contentType: string;
  readonly gzipBytes: number;
  readonly textBytes: number;
  /** One gzip member in pieces: curl stops after the first of several. Nothing is copied but small pieces. */
  gzip(): readonly Buffer[];
  /** The same text, inflated on the thread pool while it is sent. */
  text(): Readable;
}

/** RFC 1952: magic, deflate, no flags, no time, no extra flags, unknown system. */
const gzipHeader = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
/** A final, empty block with fixed codes: ends the deflate stream that sync flushes left open. */
const finalBlock = Buffer.from([0x03, 0x00]);
const trailerBytes = 8;
/** Small neighbours are written together up to this size. */
const writeBytes = 64 * 1024;

export function createScrapeBody(contentType: string, segments: readonly Segment[]): ScrapeBody {
  const { crc, textBytes } = sumSegments(segments);
  const pieces = segments.map((segment) => segment.deflated);
  const deflatedBytes = pieces.reduce((bytes, piece) => bytes + piece.length, 0);
  const trailer = gzipTrailer(crc, textBytes);
  return {
    contentType,
    gzipBytes: gzipHeader.length + deflatedBytes + finalBlock.length + trailerBytes,
    textBytes,
    gzip: () => [...coalesce([gzipHeader, ...pieces, finalBlock, trailer])],
    text: () => {
      const source = Readable.from(coalesce([...pieces, finalBlock]));
      const inflate = createInflateRaw({ chunkSize: 4 * writeBytes });
      // Ending the reader early must also end the source; an error in it can only be a programming fault.
      source.once('error', (error) => inflate.destroy(error));
      inflate.once('close', () => source.destroy());
      return source.pipe(inflate);
    },
  };
}

function gzipTrailer(crc: number, textBytes: number): Buffer {
  const trailer = Buffer.alloc(trailerBytes);
  trailer.writeUInt32LE(crc, 0);
  trailer.writeUInt32LE(textBytes % 2 ** 32, 4);
  return trailer;
}

/** Groups small pieces so that a page costs no write of its own; large ones pass uncopied. */
export function* coalesce(pieces: readonly Buffer[]): Generator<Buffer> {
  let group: Buffer[] = [];
  let groupBytes = 0;
  for (const piece of pieces) {
    if (piece.length === 0) continue;
    if (piece.length >= writeBytes || groupBytes + piece.length > writeBytes) {
      if (groupBytes > 0) yield Buffer.concat(group, groupBytes);
      group = [];
      groupBytes = 0;
    }
    if (piece.length >= writeBytes) {
      yield piece;
      continue;
    }
    group.push(piece);
    groupBytes += piece.length;
  }
  if (groupBytes > 0) yield Buffer.concat(group, groupBytes);
}
