import type { DeviceState } from '../domain/device.ts';
import type { Executor } from './executor.ts';
import type { StatesPage } from './operations/states.ts';
import { packState, unpackState } from './packed-state.ts';
import { StateWords } from './state-words.ts';

/** A packed state is an array. Schema 1 saved a state as the object it is; such a row stays until its device changes. */
type SavedRow = readonly unknown[] | DeviceState;

/** Device states as the store keeps them: packed, with what they have in common in a dictionary of their own. */
export class SavedStates {
  readonly #run: Executor['execute'];
  readonly #words = new StateWords();

  constructor(executor: Executor) {
    this.#run = executor.execute;
  }

  /** Hands out all saved states page by page. The position is 0, so that the whole log is folded, when one is unreadable. */
  async load(onBatch: (states: readonly DeviceState[]) => void): Promise<{ readonly seq: number }> {
    // Read first: states saved meanwhile hold later events too, and to fold those once more changes nothing.
    const seq = await this.#run('readStatesPosition', null);
    await this.#readWords();
    let page: StatesPage | undefined = await this.#run('loadStates', '');
    let isWhole = true;
    while (page !== undefined) {
      // The next page is read while this one is taken over; there is never more than one waiting.
      const following: Promise<StatesPage> | undefined =
        page.last === undefined ? undefined : this.#run('loadStates', page.last);
      try {
        const rows = JSON.parse(page.states) as readonly SavedRow[];
        let states = this.#unpackAll(rows);
        if (states.length < rows.length) {
          // Another exporter may have named words since.
          await this.#readWords();
          states = this.#unpackAll(rows);
          isWhole &&= states.length === rows.length;
        }
        if (states.length > 0) onBatch(states);
      } finally {
        page = await following;
      }
    }
    return { seq: isWhole ? seq : 0 };
  }

  async save(states: readonly DeviceState[], seq: number): Promise<void> {
    await this.#run('saveStates', { rows: await this.#pack(states), seq });
  }

  async #pack(states: readonly DeviceState[]): Promise<readonly (readonly [device: string, body: string])[]> {
    const pack = () => states.map((state) => [state.key, packState(state, this.#words)] as const);
    const rows = pack();
    const missing = this.#words.takeMissing();
    if (missing.length === 0) return rows;
    const numbers = await this.#run('nameWords', missing);
    missing.forEach((word, i) => {
      this.#words.learn(JSON.parse(word), numbers[i] ?? NaN);
    });
    return pack();
  }

  /** Without those that cannot be read. */
  #unpackAll(rows: readonly SavedRow[]): readonly DeviceState[] {
    const states: DeviceState[] = [];
    for (const row of rows) {
      try {
        states.push('length' in row ? unpackState(row, this.#words) : row);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
      }
    }
    return states;
  }

  async #readWords(): Promise<void> {
    const words = JSON.parse(await this.#run('readWords', null)) as readonly unknown[];
    for (let i = 0; i < words.length; i += 2) this.#words.learn(words[i + 1], words[i] as number);
  }
}
