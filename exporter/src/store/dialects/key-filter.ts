import type { EventKey } from '../event-key.ts';

/** Bits per key and probes: a wrong "maybe" about once in a thousand segments, for 2 bytes of memory per key. */
const bitsPerKey = 16;
const probes = 6;
const segmentsPerGroup = 32;

/**
 * Says which sealed segments may hold a key, for all segments at once: one Bloom filter per segment, laid out so that
 * the same bit of 32 segments is one number. A lookup reads at most six numbers per 32 segments and no disk.
 */
export class KeyFilter {
  readonly #slots: number;
  readonly #groups: Uint32Array[] = [];

  /** `keysPerSegment` is a multiple of 8. */
  constructor(keysPerSegment: number) {
    this.#slots = keysPerSegment * bitsPerKey;
  }

  /** Bits of one segment's keys, as they are stored with the segment. */
  bitsOf(keys: Iterable<EventKey>): Uint8Array {
    const bits = new Uint8Array(this.#slots / 8);
    for (const key of keys) {
      for (let i = 0; i < probes; i += 1) {
        const slot = this.#slot(key, i);
        bits[slot >>> 3] = (bits[slot >>> 3] ?? 0) | (1 << (slot & 7));
      }
    }
    return bits;
  }

  addSegment(segment: number, bits: Uint8Array): void {
    const index = Math.floor(segment / segmentsPerGroup);
    while (this.#groups.length <= index) this.#groups.push(new Uint32Array(this.#slots));
    const group = this.#groups[index] ?? new Uint32Array();
    const flag = 1 << (segment % segmentsPerGroup);
    bits.forEach((byte, at) => {
      for (let bit = 0, rest = byte; rest !== 0; bit += 1, rest >>>= 1) {
        if (rest & 1) group[at * 8 + bit] = (group[at * 8 + bit] ?? 0) | flag;
      }
    });
  }

  /** Segments that may hold the key; one that is not named surely does not. */
  candidates(key: EventKey): readonly number[] {
    const found: number[] = [];
    for (let index = 0; index < this.#groups.length; index += 1) {
      const flags = this.#flags(this.#groups[index] ?? new Uint32Array(), key);
      for (let bit = 0; flags >>> bit !== 0 && bit < segmentsPerGroup; bit += 1) {
        if ((flags >>> bit) & 1) found.push(index * segmentsPerGroup + bit);
      }
    }
    return found;
  }

  #flags(group: Uint32Array, key: EventKey): number {
    let flags = ~0;
    for (let i = 0; i < probes && flags !== 0; i += 1) flags &= group[this.#slot(key, i)] ?? 0;
    return flags;
  }

  /** Double hashing; the key is a hash already, so its words are as good as independent ones. */
  #slot(key: EventKey, probe: number): number {
    return (wordAt(key, 0) + probe * wordAt(key, 4) + probe * probe) % this.#slots;
  }
}

/** Four bytes of the key as a number, the lowest first. */
function wordAt(key: EventKey, at: number): number {
  const low = key.charCodeAt(at) | (key.charCodeAt(at + 1) << 8) | (key.charCodeAt(at + 2) << 16);
  return low + key.charCodeAt(at + 3) * 2 ** 24;
}
