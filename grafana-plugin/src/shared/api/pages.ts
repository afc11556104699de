import { ExporterError } from './exporter-error';

export interface Pages<T> {
  readonly items: readonly T[];
  /** There are more than `items`: say so wherever they are shown. */
  readonly isCut: boolean;
}

/** What the exporter answers for one cursor. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** Largest page the exporter gives. */
const maxPageSize = 1000;

/**
 * Reads pages one after the other until the last one or `cap` items. Cursors end with the process of the exporter: when
 * one is refused on the way, the list is read once more from the start.
 */
export async function readPages<T>(
  cap: number,
  readPage: (cursor: string | undefined, limit: number) => Promise<Page<T>>,
): Promise<Pages<T>> {
  try {
    return await readFromStart(cap, readPage);
  } catch (error) {
    if (error instanceof ExporterError && error.kind === 'invalid_cursor') {
      return readFromStart(cap, readPage);
    }
    throw error;
  }
}

async function readFromStart<T>(
  cap: number,
  readPage: (cursor: string | undefined, limit: number) => Promise<Page<T>>,
): Promise<Pages<T>> {
  const items: T[] = [];
  let cursor: string | undefined;
  while (items.length < cap) {
    const page = await readPage(cursor, Math.min(maxPageSize, cap - items.length));
    items.push(...page.items);
    // The same cursor again would never end.
    if (page.nextCursor === null || page.nextCursor === cursor) {
      return { items, isCut: false };
    }
    cursor = page.nextCursor;
  }
  return { items, isCut: true };
}
