import type { DeviceFamily } from '../family.ts';
import { absentNumber, isAbsent, renderLines, type Cell } from './device-cells.ts';
import type { LineDictionary } from './line-dictionary.ts';
import { emptySegment, type Segment } from './segment.ts';

/** Below 128 devices a page, starting the compressor shows in the cost; above 1024 one change costs too much. */
export const pageSlots = 512;
const firstSlots = 16;

type Column = Float64Array | string[];

/**
 * Up to 512 devices of one organization: per family one column of cells and one published segment. A device keeps its
 * slot for as long as it exists, so its neighbours' bytes never move.
 */
export class Page {
  readonly organization: string;
  /** Segment per family as last rendered. */
  readonly segments: Segment[];
  readonly #families: readonly DeviceFamily[];
  /** Per family, where its cells are packed. */
  readonly #dictionaries: readonly (LineDictionary | undefined)[];
  /** Identity for lines of devices that have no instance of their own: the organization label, or ''. */
  readonly #organizationPair: string;
  readonly #columns: Column[];
  readonly #identities: (string | undefined)[] = [];
  readonly #suppressed = new Set<number>();
  readonly #free: number[] = [];
  readonly #dirty: boolean[];

  constructor(
    organization: string,
    organizationPair: string,
    families: readonly DeviceFamily[],
    dictionaries: readonly (LineDictionary | undefined)[],
  ) {
    this.organization = organization;
    this.#organizationPair = organizationPair;
    this.#families = families;
    this.#dictionaries = dictionaries;
    this.#columns = families.map((family) => (family.labels.length === 0 ? newColumn(firstSlots) : []));
    this.segments = families.map(() => emptySegment);
    this.#dirty = families.map(() => false);
  }

  get hasRoom(): boolean {
    return this.#free.length > 0 || this.#identities.length < pageSlots;
  }

  get isEmpty(): boolean {
    return this.#free.length === this.#identities.length;
  }

  /** Takes a free slot; check `hasRoom` first. */
  take(): number {
    const slot = this.#free.pop() ?? this.#identities.length;
    this.#identities[slot] = undefined;
    this.#columns.forEach((column, i) => {
      if (!(column instanceof Float64Array)) column[slot] = '';
      else if (slot >= column.length) this.#columns[i] = grown(column);
    });
    return slot;
  }

  release(slot: number): void {
    this.put(
      slot,
      undefined,
      this.#families.map(({ labels }) => (labels.length === 0 ? absentNumber : '')),
    );
    this.#suppressed.delete(slot);
    this.#free.push(slot);
  }

  /** Sets what a device says; `identity` is undefined while it has no instance. Marks the families whose lines change. */
  put(slot: number, identity: string | undefined, cells: readonly Cell[]): void {
    const moved = this.#identities[slot] !== identity;
    this.#identities[slot] = identity;
    cells.forEach((cell, i) => {
      const before = this.#cell(i, slot);
      if (Object.is(before, cell)) {
        if (moved && !isAbsent(cell)) this.#dirty[i] = true;
        return;
      }
      this.#dirty[i] = true;
      const column = this.#columns[i];
      if (column !== undefined) column[slot] = cell;
    });
  }

  /** Hides the device's instance and with it every per-instance series, while another device claims the same one. */
  suppress(slot: number, suppressed: boolean): void {
    if (suppressed === this.#suppressed.has(slot)) return;
    if (suppressed) this.#suppressed.add(slot);
    else this.#suppressed.delete(slot);
    this.#families.forEach((_, i) => {
      if (!isAbsent(this.#cell(i, slot))) this.#dirty[i] = true;
    });
  }

  /** Numbers of the families whose lines changed since their segment was set. */
  dirtyFamilies(): number[] {
    return this.#dirty.flatMap((dirty, i) => (dirty ? [i] : []));
  }

  /** The lines of one family; the family counts as clean from here on. */
  render(familyNumber: number): string {
    this.#dirty[familyNumber] = false;
    const family = this.#families[familyNumber];
    const column = this.#columns[familyNumber];
    if (family === undefined || column === undefined) return '';
    return column instanceof Float64Array
      ? this.#renderNumbers(family, column)
      : this.#renderTails(familyNumber, family, column);
  }

  /** Says that a rendered family did not become a segment and has to be rendered again. */
  markDirty(familyNumber: number): void {
    this.#dirty[familyNumber] = true;
  }

  #renderNumbers({ name }: DeviceFamily, column: Float64Array): string {
    let lines = '';
    for (let slot = 0; slot < this.#identities.length; slot += 1) {
      const value = column[slot] ?? absentNumber;
      if (Number.isNaN(value)) continue;
      const identity = this.#instanceIdentity(slot);
      if (identity !== undefined) lines += `${name}{${identity}} ${String(value)}\n`;
    }
    return lines;
  }

  #renderTails(familyNumber: number, { name, identity: kind }: DeviceFamily, column: readonly string[]): string {
    const dictionary = this.#dictionaries[familyNumber];
    let lines = '';
    for (let slot = 0; slot < this.#identities.length; slot += 1) {
      const tails = column[slot] ?? '';
      if (tails === '') continue;
      const identity = this.#instanceIdentity(slot) ?? (kind === 'device' ? this.#organizationPair : undefined);
      if (identity !== undefined) lines += renderLines(name, identity, dictionary?.unpack(tails) ?? tails);
    }
    return lines;
  }

  #instanceIdentity(slot: number): string | undefined {
    return this.#suppressed.has(slot) ? undefined : this.#identities[slot];
  }

  #cell(familyNumber: number, slot: number): Cell {
    return this.#columns[familyNumber]?.[slot] ?? absentNumber;
  }
}

function newColumn(slots: number): Float64Array {
  return new Float64Array(slots).fill(absentNumber);
}

function grown(column: Float64Array): Float64Array {
  const larger = newColumn(Math.min(column.length * 2, pageSlots));
  larger.set(column);
  return larger;
}
