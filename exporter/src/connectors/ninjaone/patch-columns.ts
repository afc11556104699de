import type { DevicePatch } from '../../domain/patch.ts';
import { Pool } from '../pool.ts';

/** What the rows of one update have in common while they are in the same state. */
type UpdateState = Omit<DevicePatch, 'id' | 'installedAt'>;

/** In place of a row number: there is none. */
const none = -1;

/**
 * The rows of one patch report by device, at 32 bytes each beside the ids that are a row's own: a fleet of 50,000 devices
 * has hundreds of thousands, and all are held until the list of devices says what becomes of them.
 */
export class PatchColumns {
  readonly #ids: string[] = [];
  readonly #states: UpdateState[] = [];
  /** NaN: without a date. */
  readonly #installedAt: number[] = [];
  /** The row of the same device before this one. */
  readonly #before: number[] = [];
  readonly #newest = new Map<number, number>();
  readonly #knownIds = new Pool<string>();
  readonly #knownStates = new Pool<UpdateState>();

  add(deviceId: number, { id, installedAt, title, severity, kind, status }: DevicePatch): void {
    this.#before.push(this.#newest.get(deviceId) ?? none);
    this.#newest.set(deviceId, this.#ids.length);
    this.#ids.push(/^KB\d+$/.test(id) ? this.#knownIds.one(id) : id);
    this.#states.push(this.#knownStates.one({ title, severity, kind, status }));
    this.#installedAt.push(installedAt ?? NaN);
  }

  /** In the order in which they came. */
  of(deviceId: number): readonly DevicePatch[] {
    const patches: DevicePatch[] = [];
    for (let row = this.#newest.get(deviceId) ?? none; row !== none; row = this.#before[row] ?? none) {
      const [id, state, installedAt] = [this.#ids[row], this.#states[row], this.#installedAt[row]];
      if (id === undefined || state === undefined || installedAt === undefined) break;
      patches.push({ id, ...state, ...(Number.isNaN(installedAt) ? {} : { installedAt }) });
    }
    return patches.reverse();
  }
}
