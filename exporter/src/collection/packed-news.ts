import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import { Pool } from '../connectors/pool.ts';
import type { DeviceFacts } from '../domain/device.ts';
import type { DomainEvent } from '../domain/event.ts';

/** Facts that say something new, as they will be stored. */
export interface News {
  readonly event: Extract<DomainEvent, { readonly type: 'device.observed' }>;
  readonly hash: string;
}

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);
const batchSize = 500;
/** Facts of one fleet are much alike: more work would save little. */
const level = 1;

/**
 * What a read has found out and nobody may know before its end. A whole fleet can change at once, and it must not be in
 * memory twice meanwhile: what is more than one batch is held compressed, at a twentieth of its size.
 */
export class PackedNews {
  readonly #packed: Buffer[] = [];
  #last: News[] = [];

  async add(news: readonly News[]): Promise<void> {
    for (const one of news) {
      this.#last.push(one);
      if (this.#last.length < batchSize) continue;
      const full = this.#last;
      this.#last = [];
      this.#packed.push(await deflate(JSON.stringify(full), { level }));
    }
  }

  /** In the order in which they came, one batch unpacked at a time. */
  async *batches(): AsyncGenerator<readonly News[]> {
    const texts = new Pool<string>();
    for (const batch of this.#packed) {
      const news = JSON.parse((await inflate(batch)).toString()) as News[];
      yield news.map(({ event, hash }) => ({ event: { ...event, data: withSharedTexts(event.data, texts) }, hash }));
    }
    if (this.#last.length > 0) yield this.#last;
  }
}

/** The same update stands on thousands of devices, and the fleet keeps what it is given. */
function withSharedTexts(facts: DeviceFacts, texts: Pool<string>): DeviceFacts {
  if (facts.patches === undefined) return facts;
  const patches = facts.patches.map((patch) => ({ ...patch, title: texts.one(patch.title) }));
  return { ...facts, patches };
}
