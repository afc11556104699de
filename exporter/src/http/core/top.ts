/** Keeps the smallest `capacity` items of a stream, so that a page out of 100,000 devices needs no full sort. */
export class Smallest<T> {
  readonly #capacity: number;
  readonly #compare: (a: T, b: T) => number;
  /** Binary heap, the largest kept item first. */
  readonly #heap: T[] = [];

  constructor(capacity: number, compare: (a: T, b: T) => number) {
    this.#capacity = capacity;
    this.#compare = compare;
  }

  /** False when it is not among them: of a sorted list, nothing behind it will be either. */
  offer(item: T): boolean {
    const largest = this.#heap[0];
    if (this.#heap.length < this.#capacity) {
      this.#heap.push(item);
      this.#up(this.#heap.length - 1);
      return true;
    }
    if (largest === undefined || this.#compare(item, largest) >= 0) return false;
    this.#heap[0] = item;
    this.#down(0);
    return true;
  }

  sorted(): T[] {
    return [...this.#heap].sort(this.#compare);
  }

  #isLarger(a: number, b: number): boolean {
    const [left, right] = [this.#heap[a], this.#heap[b]];
    return left !== undefined && (right === undefined || this.#compare(left, right) > 0);
  }

  #swap(a: number, b: number): void {
    const [left, right] = [this.#heap[a], this.#heap[b]];
    if (left === undefined || right === undefined) return;
    this.#heap[a] = right;
    this.#heap[b] = left;
  }

  #up(start: number): void {
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isLarger(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #down(start: number): void {
    let at = start;
    for (;;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const child = right < this.#heap.length && this.#isLarger(right, left) ? right : left;
      if (child >= this.#heap.length || !this.#isLarger(child, at)) return;
      this.#swap(at, child);
      at = child;
    }
  }
}
