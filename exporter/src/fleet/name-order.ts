import type { DeviceKey } from '../domain/device.ts';
import { createSlicer, type Slicer } from './slicer.ts';

/** A device under the name by which lists are ordered: lower case. */
export interface NamedDevice {
  readonly name: string;
  readonly key: DeviceKey;
}

const sliceMs = 4;
const runLength = 4096;

/**
 * The devices of one organization by name, then key. Sorted when first asked for, in slices so that others have their
 * turn; from then on only what changed is put elsewhere.
 */
export class NameOrder {
  readonly #keys: Iterable<DeviceKey>;
  readonly #nameOf: (key: DeviceKey) => string | undefined;
  readonly #changed = new Set<DeviceKey>();
  #rows: readonly NamedDevice[] | undefined;
  #sorting: Promise<readonly NamedDevice[]> | undefined;

  /** `keys` are those of the organization now, whenever it is read; a device without a name is left out. */
  constructor(keys: Iterable<DeviceKey>, nameOf: (key: DeviceKey) => string | undefined) {
    this.#keys = keys;
    this.#nameOf = nameOf;
  }

  /** A device came, went or was renamed. */
  note(key: DeviceKey): void {
    this.#changed.add(key);
  }

  /** Never changed afterwards. */
  list(): Promise<readonly NamedDevice[]> {
    if (this.#rows !== undefined && this.#changed.size === 0) return Promise.resolve(this.#rows);
    this.#sorting ??= this.#sort().finally(() => {
      this.#sorting = undefined;
    });
    return this.#sorting;
  }

  async #sort(): Promise<readonly NamedDevice[]> {
    const rows = this.#rows ?? (await this.#sortAll(createSlicer(sliceMs)));
    this.#rows = this.#changed.size === 0 ? rows : this.#withChanges(rows);
    return this.#rows;
  }

  async #sortAll(slicer: Slicer): Promise<readonly NamedDevice[]> {
    const keys = [...this.#keys];
    this.#changed.clear();
    let runs: NamedDevice[][] = [];
    for (let start = 0; start < keys.length; start += runLength) {
      runs.push(this.#named(keys.slice(start, start + runLength)).sort(compareNamed));
      await slicer.breathe();
    }
    while (runs.length > 1) {
      const merged: NamedDevice[][] = [];
      for (let i = 0; i < runs.length; i += 2) {
        merged.push(merge(runs[i] ?? [], runs[i + 1] ?? []));
        await slicer.breathe();
      }
      runs = merged;
    }
    return runs[0] ?? [];
  }

  #withChanges(rows: readonly NamedDevice[]): readonly NamedDevice[] {
    const changed = new Set(this.#changed);
    this.#changed.clear();
    const others = rows.filter(({ key }) => !changed.has(key));
    return merge(others, this.#named([...changed]).sort(compareNamed));
  }

  #named(keys: readonly DeviceKey[]): NamedDevice[] {
    return keys.flatMap((key) => {
      const name = this.#nameOf(key);
      return name === undefined ? [] : [{ name: name.toLowerCase(), key }];
    });
  }
}

export function compareNamed(a: NamedDevice, b: NamedDevice): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

function merge(a: readonly NamedDevice[], b: readonly NamedDevice[]): NamedDevice[] {
  const merged: NamedDevice[] = [];
  let j = 0;
  for (const row of a) {
    for (let next = b[j]; next !== undefined && compareNamed(next, row) < 0; next = b[(j += 1)]) merged.push(next);
    merged.push(row);
  }
  return merged.concat(b.slice(j));
}
