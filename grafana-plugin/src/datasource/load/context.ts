import type { DataFrame } from '@grafana/data';
import type { ExporterClient } from '../../shared/api/client';
import type { Directory } from '../directory';
import { type Filter, type FilterKey, unknownKeys } from '../filters';
import type { StateRange } from '../frames/states';
import type { PatchhavenQuery } from '../query';

/** One query, ready to be read: variables are filled in, filters are those of query and dashboard. */
export interface LoadContext {
  readonly client: ExporterClient;
  readonly directory: Directory;
  readonly query: PatchhavenQuery;
  readonly filters: readonly Filter[];
  readonly range: StateRange;
  readonly signal?: AbortSignal;
}

export interface Loaded {
  readonly frames: readonly DataFrame[];
  /** What the reader has to know: what was cut or left out. */
  readonly notices: readonly string[];
}

export function spanOf({ range }: LoadContext) {
  return { fromMs: range.fromMs, toMs: range.toMs };
}

export function toTime(ms: number): string {
  return new Date(ms).toISOString();
}

export function cutNotice(count: number, what: string, isRange: boolean): string {
  const narrow = isRange ? 'Narrow the time range, filter, or raise the limit' : 'Filter, or raise the limit';
  return `Only ${count.toLocaleString('en')} ${what} are shown; there are more. ${narrow} of the query.`;
}

/** Filters that this kind of query cannot judge are told, not silently dropped. */
export function filterNotices({ filters }: LoadContext, known: readonly FilterKey[]): string[] {
  const keys = unknownKeys(filters, known);
  return keys.length === 0 ? [] : [`Filters on ${keys.join(', ')} do not apply to this query and were left out.`];
}
