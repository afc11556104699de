import { deviceAt } from '../scrape/fleet.ts';

/**
 * What scripts on hosts report of a reboot. Installs are left out on purpose: each opens or extends a maintenance window,
 * which is the cost of the controller and not of taking events in.
 */
const stories: readonly string[] = [
  '"type":"patch.install.completed","data":{"patches":[{"id":"KB5034441"}]}',
  '"type":"reboot.pending","data":{"reason":"KB5034441"}',
  '"type":"reboot.started","data":{"reason":"KB5034441","patches":[{"id":"KB5034441","title":"Security Update"}]}',
  '"type":"reboot.completed","data":{}',
];

/** Makes JSON events with ids `<prefix>-<n>` that go round the devices; cheap, so that the sender is not the limit. */
export class EventSource {
  readonly #keys: readonly string[];
  readonly #prefix: string;
  #next = 0;

  constructor(devices: number, prefix: string) {
    this.#keys = Array.from({ length: devices }, (_, index) => deviceAt(index, 0).state.key);
    this.#prefix = prefix;
  }

  /** A body for POST /api/v1/events with the next `count` events. */
  batch(count: number): string {
    const first = this.#next;
    this.#next += count;
    return this.batchAt(first, count);
  }

  /** The events `first` … `first + count - 1`, always the same but for their time. */
  batchAt(first: number, count: number): string {
    const at = new Date().toISOString();
    let text = '{"events":[';
    for (let n = first; n < first + count; n += 1) {
      const device = this.#keys[(n * 7919) % this.#keys.length] ?? '';
      const story = stories[n % stories.length] ?? '';
      text += `${n === first ? '' : ','}{"id":"${this.#prefix}-${String(n)}","device":"${device}","occurredAt":"${at}",${story}}`;
    }
    return `${text}]}`;
  }
}
