import type { Sample } from '../family.ts';
import { renderTails } from './device-cells.ts';

const firstNumber = 0x100;
const lastNumber = 0xd7ff;

/** The numbers of the lines with one set of labels, by value. */
interface Labels {
  readonly numbers: Map<number, number>;
  /** Which device had them last: of samples with equal labels the first counts. */
  seenBy: number;
}

/** Label values lead to what follows them; the last one to the labels they make together. */
interface Branch {
  readonly next: Map<string, Branch>;
  labels: Labels | undefined;
}

/**
 * Keeps the texts of lines that many devices share once. Of a device only the numbers of its lines are kept, as the code
 * units of one short string: 30 bytes in place of 250 where it has six counts. A line that is known is found by its label
 * values, without making its text.
 */
export class LineDictionary {
  readonly #names: readonly string[];
  readonly #lines: string[] = [];
  readonly #root: Branch = emptyBranch();
  readonly #byText = new Map<string, Labels>();
  #devices = 0;

  constructor(names: readonly string[]) {
    this.#names = names;
  }

  /** Equal samples give equal results. Samples that come with a new line when the dictionary is full are plain tails. */
  pack(samples: readonly Sample[]): string {
    this.#devices += 1;
    const numbers: number[] = [];
    for (const sample of samples) {
      if (!Number.isFinite(sample.value)) continue;
      const labels = this.#labelsOf(sample);
      if (labels?.seenBy === this.#devices) continue;
      const number = labels && (labels.numbers.get(sample.value) ?? this.#add(labels, sample));
      if (labels === undefined || number === undefined) return renderTails(this.#names, samples);
      labels.seenBy = this.#devices;
      numbers.push(number);
    }
    // Made in one go: adding up makes a tree of pieces, which takes more memory than what it saves.
    return String.fromCharCode(...numbers);
  }

  unpack(packed: string): string {
    // Text as it is printed begins with a comma or a brace.
    if (packed === '' || packed.charCodeAt(0) < firstNumber) return packed;
    let tails = '';
    for (let i = 0; i < packed.length; i += 1) tails += this.#lines[packed.charCodeAt(i) - firstNumber] ?? '';
    return tails;
  }

  get #isFull(): boolean {
    return firstNumber + this.#lines.length > lastNumber;
  }

  #labelsOf({ labels }: Sample): Labels | undefined {
    let branch = this.#root;
    for (let i = 0; i < this.#names.length; i += 1) {
      const value = labels[i] ?? '';
      let next = branch.next.get(value);
      if (next === undefined) {
        if (this.#isFull) return undefined;
        branch.next.set(value, (next = emptyBranch()));
      }
      branch = next;
    }
    branch.labels ??= this.#sameLabels(labels);
    return branch.labels;
  }

  /** Values that differ only before they are printed make the same labels. */
  #sameLabels(labels: readonly string[]): Labels {
    const text = renderTails(this.#names, [{ labels, value: 0 }]);
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    const fresh: Labels = { numbers: new Map(), seenBy: 0 };
    this.#byText.set(text, fresh);
    return fresh;
  }

  #add(labels: Labels, sample: Sample): number | undefined {
    if (this.#isFull) return undefined;
    const number = firstNumber + this.#lines.length;
    this.#lines.push(renderTails(this.#names, [sample]));
    labels.numbers.set(sample.value, number);
    return number;
  }
}

function emptyBranch(): Branch {
  return { next: new Map(), labels: undefined };
}
