export const METRIC_NAME = '__name__';

/** One distinct set of labels. Two equal sets from one interner are the same object, so `===` compares them. */
export class LabelSet {
  readonly id: number;
  readonly pairs: readonly (readonly [string, string])[];
  readonly #values: ReadonlyMap<string, string>;

  constructor(id: number, pairs: readonly (readonly [string, string])[]) {
    this.id = id;
    this.pairs = pairs;
    this.#values = new Map(pairs);
  }

  /** The label's value; a missing label and an empty one are the same thing in Prometheus. */
  get(name: string): string {
    return this.#values.get(name) ?? '';
  }

  toRecord(): Record<string, string> {
    return Object.fromEntries(this.pairs);
  }

  toString(): string {
    return `{${this.pairs.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(', ')}}`;
  }
}

/** A remembered mapping from one label set to another. */
export type LabelMapping = (labels: LabelSet) => LabelSet;

/**
 * Hands out one object per distinct label set and remembers derived sets, so that an evaluation that sees the same
 * series again builds no strings. Shared by all worlds of a run; grows with the number of distinct sets.
 */
export class LabelInterner {
  readonly #byKey = new Map<string, LabelSet>();
  readonly #mappings = new Map<string, LabelMapping>();

  /** Labels with an empty value are dropped, as Prometheus does. */
  of(labels: Readonly<Record<string, string>>): LabelSet {
    return this.#intern(Object.entries(labels));
  }

  /** `changes` override the labels of `base`; an empty value removes the label. */
  with(base: LabelSet, changes: Readonly<Record<string, string>>): LabelSet {
    return this.of({ ...base.toRecord(), ...changes });
  }

  keep(names: readonly string[]): LabelMapping {
    const kept = new Set(names);
    return this.#remembered(`keep:${[...kept].sort().join()}`, ([name]) => kept.has(name));
  }

  drop(names: readonly string[]): LabelMapping {
    const dropped = new Set(names);
    return this.#remembered(`drop:${[...dropped].sort().join()}`, ([name]) => !dropped.has(name));
  }

  #remembered(key: string, isKept: (pair: readonly [string, string]) => boolean): LabelMapping {
    const known = this.#mappings.get(key);
    if (known !== undefined) return known;
    const mapping = memoizeLabels((labels) => this.#intern(labels.pairs.filter(isKept)));
    this.#mappings.set(key, mapping);
    return mapping;
  }

  #intern(pairs: readonly (readonly [string, string])[]): LabelSet {
    const sorted = pairs.filter(([, value]) => value !== '').sort(([a], [b]) => (a < b ? -1 : 1));
    const key = sorted.map(([name, value]) => `${name}\u0000${value}`).join('\u0001');
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const labels = new LabelSet(this.#byKey.size, sorted);
    this.#byKey.set(key, labels);
    return labels;
  }
}

/** Remembers `derive` per label set. */
export function memoizeLabels(derive: LabelMapping): LabelMapping {
  const known = new Map<LabelSet, LabelSet>();
  return (labels) => {
    const hit = known.get(labels);
    if (hit !== undefined) return hit;
    const derived = derive(labels);
    known.set(labels, derived);
    return derived;
  };
}
