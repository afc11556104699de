import { ConnectorError } from '../../domain/errors.ts';
import type { Query } from '../http-client.ts';

/** One page of a list, as we want it; every part of it has to be visible in the answer. */
export interface PageRequest {
  readonly fields: readonly string[];
  readonly pageSize: number;
  readonly page?: number;
  readonly condition?: string;
  /** Ascending. */
  readonly orderBy?: string;
  /** What the condition and the order leave of the rows; false for a page that cannot be their answer. */
  readonly holds?: (rows: readonly Record<string, unknown>[]) => boolean;
}

/**
 * The two spellings of list parameters. The description of the API has one, clients in the field use the other, and a
 * server ignores the one it does not know without a word: it then answers with its own first page of everything.
 */
export const spellings = {
  flat: ({ fields, pageSize, page, condition, orderBy }: PageRequest): Query => ({
    pageSize,
    page,
    condition,
    orderBy,
    includeFields: fields.join(','),
  }),
  options: ({ fields, pageSize, page, condition, orderBy }: PageRequest): Query => ({
    'options.pageSize': pageSize,
    'options.page': page,
    'options.condition': condition,
    'options.orderBy.name': orderBy,
    'options.includedFields': fields.join(','),
  }),
} as const;
export type Spelling = keyof typeof spellings;

/**
 * Whether an answer shows that the server understood the request: no more rows than asked for, no field that was not
 * asked for, and rows that the condition leaves. Each list asks for fewer fields than its rows have, so a parameter that
 * was ignored is visible as soon as there is one row.
 */
export function isApplied(rows: readonly unknown[], { fields, pageSize, holds }: PageRequest): boolean {
  if (rows.length > pageSize) return false;
  const wanted = new Set(['Id', ...fields]);
  const objects = rows.filter(isObject);
  const extra = objects.some((row) => Object.entries(row).some(([key, value]) => value !== null && !wanted.has(key)));
  return !extra && (holds?.(objects) ?? true);
}

/** Reads pages in the spelling this server understands, and never in one it does not. */
export function createPageReader(
  get: (path: string, query: Query) => Promise<readonly unknown[]>,
): (path: string, request: PageRequest) => Promise<readonly unknown[]> {
  let known: Spelling | undefined;

  return async (path, request) => {
    const candidates: readonly Spelling[] = known === undefined ? ['flat', 'options'] : [known, other(known)];
    for (const spelling of candidates) {
      const rows = await get(path, spellings[spelling](request));
      if (!isApplied(rows, request)) continue;
      // An empty answer shows nothing: which spelling was understood stays open.
      if (rows.length > 0) known = spelling;
      return rows;
    }
    throw new ConnectorError('filter_ignored', 'the server ignored the parameters of a list, in both spellings', {
      path,
    });
  };
}

function other(spelling: Spelling): Spelling {
  return spelling === 'flat' ? 'options' : 'flat';
}

function isObject(row: unknown): row is Record<string, unknown> {
  return typeof row === 'object' && row !== null && !Array.isArray(row);
}
