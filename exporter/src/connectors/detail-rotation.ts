import { ConnectorError, type ConnectorErrorKind } from '../domain/errors.ts';
import type { UnixSeconds } from '../domain/time.ts';
import type { Counter } from './tally.ts';

export interface RotationOptions {
  /** Devices one read may ask about. */
  readonly perRead: number;
  /** What was asked longer ago than this is not known any more. */
  readonly maxAgeSeconds: number;
}

/** One device of the read under way: `fingerprint` changes when its details may have changed. */
export interface RotationItem {
  readonly id: string;
  readonly fingerprint: string;
}

interface Held<Detail> {
  readonly detail: Detail;
  readonly fingerprint: string;
  readonly readAt: UnixSeconds;
}

/** A fault of one device's details alone; everything else says something about the whole vendor. */
const ofOneDevice: ReadonlySet<ConnectorErrorKind> = new Set(['malformed', 'unavailable', 'timeout']);
const toleratedFailures = 3;

/**
 * Details that cost a request per device. They are kept from read to read and renewed in turns: first of devices that
 * are new or whose fingerprint changed, then the oldest. A device that has not had its turn has no details, which the
 * caller must take for unknown.
 */
export class DetailRotation<Detail> {
  readonly #options: RotationOptions;
  readonly #held = new Map<string, Held<Detail>>();
  #unasked = 0;

  constructor(options: RotationOptions) {
    this.#options = options;
  }

  /** Begins a complete read. Nothing of it counts before `finish`, but what was asked stays known. */
  begin(
    now: UnixSeconds,
    ask: (id: string) => Promise<Detail>,
    dropped: Counter,
  ): {
    /** Details by id, asked for or remembered, of one page of devices. */
    take(items: readonly RotationItem[]): Promise<ReadonlyMap<string, Detail>>;
    /** Call once the read is complete: devices it did not name are forgotten. */
    finish(): void;
  } {
    const { perRead, maxAgeSeconds } = this.#options;
    const seen = new Set<string>();
    let left = perRead;
    let asked = 0;
    let failed = 0;
    let unasked = 0;
    const due = this.#oldest(Math.max(0, perRead - this.#unasked));

    const askOne = async ({ id, fingerprint }: RotationItem): Promise<void> => {
      asked += 1;
      try {
        this.#held.set(id, { detail: await ask(id), fingerprint, readAt: now });
      } catch (error) {
        if (!(error instanceof ConnectorError) || !ofOneDevice.has(error.kind)) throw error;
        failed += 1;
        dropped.add(`detail.${error.kind}`);
        if (failed > toleratedFailures && failed > asked / 10) throw error;
        this.#held.delete(id);
      }
    };

    return {
      take: async (items) => {
        const wanted: RotationItem[] = [];
        for (const item of items) {
          seen.add(item.id);
          const known = this.#held.get(item.id);
          if (known !== undefined && known.fingerprint === item.fingerprint && !due.has(item.id)) continue;
          if (left <= 0) {
            unasked += 1;
            continue;
          }
          left -= 1;
          wanted.push(item);
        }
        await Promise.all(wanted.map(askOne));
        return new Map(
          items.flatMap(({ id }) => {
            const known = this.#held.get(id);
            return known === undefined || now - known.readAt > maxAgeSeconds ? [] : [[id, known.detail] as const];
          }),
        );
      },
      finish: () => {
        this.#unasked = unasked;
        for (const id of this.#held.keys()) if (!seen.has(id)) this.#held.delete(id);
      },
    };
  }

  #oldest(count: number): ReadonlySet<string> {
    if (count === 0) return new Set();
    const byAge = [...this.#held].sort(([, a], [, b]) => a.readAt - b.readAt);
    return new Set(byAge.slice(0, count).map(([id]) => id));
  }
}
