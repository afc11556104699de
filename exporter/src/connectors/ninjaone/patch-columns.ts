import type { DevicePatch } from '../../domain/patch.ts';
import type { TextPool } from './text-pool.ts';

const firstCapacity = 4096;
/** In place of a row number: there is none before it. */
const none = -1;

/**
 * The rows of one patch report by device, at some 20 bytes a row beside the vendor's own ids: a fleet of 50,000 devices has
 * about half a million rows, and all are held until the list of devices says what becomes of them.
 */
export class PatchColumns {
  readonly #texts: TextPool;
  /** What rows have in common, once each; an id of the vendor's own differs from row to row and stands apart. */
  readonly #kinds: Omit<DevicePatch, 'id' | 'installedAt'>[] = [];
  readonly #kindNumbers = new Map<string, number>();
  readonly #ids: string[] = [];
  #kind = new Int32Array(firstCapacity);
  /** NaN: without a date. */
  #installedAt = new Float64Array(firstCapacity);
  /** The row of the same device before this one. */
  #before = new Int32Array(firstCapacity);
  readonly #newest = new Map<number, number>();

  constructor(texts: TextPool) {
    this.#texts = texts;
  }

  add(deviceId: number, { id, installedAt, ...kind }: DevicePatch): void {
    const row = this.#ids.length;
    if (row === this.#kind.length) this.#grow();
    this.#ids.push(kind.title === id || /^KB\d+$/.test(id) ? this.#texts.one(id) : id);
    this.#kind[row] = this.#numberOf(kind);
    this.#installedAt[row] = installedAt ?? NaN;
    this.#before[row] = this.#newest.get(deviceId) ?? none;
    this.#newest.set(deviceId, row);
  }

  /** In the order in which they came. */
  of(deviceId: number): readonly DevicePatch[] {
    const patches: DevicePatch[] = [];
    for (let row = this.#newest.get(deviceId) ?? none; row !== none; row = this.#before[row] ?? none) {
      const [id, kind, installedAt] = [this.#ids[row], this.#kinds[this.#kind[row] ?? none], this.#installedAt[row]];
      if (id === undefined || kind === undefined || installedAt === undefined) break;
      patches.push({ id, ...kind, ...(Number.isNaN(installedAt) ? {} : { installedAt }) });
    }
    return patches.reverse();
  }

  #numberOf(kind: Omit<DevicePatch, 'id' | 'installedAt'>): number {
    const key = [kind.severity, kind.kind, kind.status, kind.title].join('\u0000');
    const known = this.#kindNumbers.get(key);
    if (known !== undefined) return known;
    const number = this.#kinds.push({ ...kind, title: this.#texts.one(kind.title) }) - 1;
    this.#kindNumbers.set(key, number);
    return number;
  }

  #grow(): void {
    const capacity = this.#kind.length * 2;
    this.#kind = widened(this.#kind, new Int32Array(capacity));
    this.#installedAt = widened(this.#installedAt, new Float64Array(capacity));
    this.#before = widened(this.#before, new Int32Array(capacity));
  }
}

function widened<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
