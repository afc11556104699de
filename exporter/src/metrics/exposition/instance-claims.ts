/** Tells an owner of a claim that it may show its per-instance series, or no longer. */
export type OnContest<Owner> = (owner: Owner, contested: boolean) => void;

/**
 * Who speaks for which instance. Two devices with one instance would give equal series, and no one knows which of them
 * an alert means: while a claim is contested none of its owners has it, in whatever order they came.
 */
export class InstanceClaims<Owner> {
  readonly #sole = new Map<string, Owner>();
  readonly #contested = new Map<string, Set<Owner>>();
  readonly #onContest: OnContest<Owner>;

  constructor(onContest: OnContest<Owner>) {
    this.#onContest = onContest;
  }

  /** How many owners share an instance with another. */
  get contestedOwners(): number {
    let owners = 0;
    for (const group of this.#contested.values()) owners += group.size;
    return owners;
  }

  claim(instance: string, owner: Owner): void {
    const rivals = this.#contested.get(instance);
    if (rivals !== undefined) {
      rivals.add(owner);
      this.#onContest(owner, true);
      return;
    }
    const holder = this.#sole.get(instance);
    if (holder === undefined) {
      this.#sole.set(instance, owner);
      return;
    }
    this.#sole.delete(instance);
    this.#contested.set(instance, new Set([holder, owner]));
    this.#onContest(holder, true);
    this.#onContest(owner, true);
  }

  release(instance: string, owner: Owner): void {
    const rivals = this.#contested.get(instance);
    if (rivals === undefined) {
      this.#sole.delete(instance);
      return;
    }
    rivals.delete(owner);
    this.#onContest(owner, false);
    const [last] = rivals;
    if (rivals.size !== 1 || last === undefined) return;
    this.#contested.delete(instance);
    this.#sole.set(instance, last);
    this.#onContest(last, false);
  }
}
