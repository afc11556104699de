import type { Cursors } from './cursor.ts';
import { invalidCursor } from './cursor.ts';

interface HistoryParams {
  readonly cursor?: string | undefined;
  readonly limit: number;
  readonly order: 'asc' | 'desc';
  readonly organization?: string | undefined;
  readonly device?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** What a log query of the store shares, whatever the log: one row more than asked tells whether there is a next page. */
export function historyQuery(params: HistoryParams, log: string, cursors: Cursors) {
  const seq = params.cursor === undefined ? undefined : openSeq(params.cursor, log, params.order, cursors);
  return {
    ...(params.organization !== undefined && { organization: params.organization }),
    ...(params.device !== undefined && { device: params.device }),
    ...(params.from !== undefined && { from: params.from }),
    ...(params.to !== undefined && { to: params.to }),
    ...(seq !== undefined && (params.order === 'asc' ? { afterSeq: seq } : { beforeSeq: seq })),
    order: params.order,
    limit: params.limit + 1,
  };
}

export function pageOf<T extends { readonly seq: number }>(
  rows: readonly T[],
  params: Pick<HistoryParams, 'limit' | 'order'>,
  log: string,
  cursors: Cursors,
): { readonly rows: readonly T[]; readonly nextCursor: string | null } {
  const shown = rows.slice(0, params.limit);
  const last = rows.length > params.limit ? shown.at(-1) : undefined;
  return { rows: shown, nextCursor: last === undefined ? null : cursors.seal([log, params.order, last.seq]) };
}

function openSeq(cursor: string, log: string, order: string, cursors: Cursors): number {
  const [kind, direction, seq] = cursors.open(cursor);
  if (kind !== log || direction !== order || typeof seq !== 'number') throw invalidCursor();
  return seq;
}
