import type { Item, PagedPath, Query } from '../../shared/api/types';
import { createMatcher, type Facts } from '../filters';
import { resolveScope, type Scope } from '../scope';
import { type LoadContext, toTime } from './context';

/** The three logs that are read by time, organization and device. */
type HistoryPath = Extract<PagedPath, '/events' | '/windows' | '/ledger'>;

/** Ends of the time range that is asked for; Unix milliseconds. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface History<T> {
  readonly items: readonly T[];
  readonly isCut: boolean;
}

/** What a request for a log is narrowed by, one per part of the scope. */
export function historyQueries<P extends HistoryPath>(scope: Scope, span: Span, extra: Query<P>): Array<Query<P>> {
  const times = { from: toTime(span.fromMs), to: toTime(span.toMs) };
  return scope.parts.map((part) => ({ ...extra, ...part, ...times }) as Query<P>);
}

/** Reads a log for all parts of the scope, newest first, at most `limit` rows that match the filters. */
export async function readHistory<P extends HistoryPath>(
  context: LoadContext,
  path: P,
  options: {
    readonly scope: Scope;
    readonly span: Span;
    readonly query: Query<P>;
    readonly limit: number;
    readonly facts: (item: Item<P>) => Facts;
    readonly at: (item: Item<P>) => string;
  },
): Promise<History<Item<P>>> {
  const { scope, limit, facts, at } = options;
  const queries = historyQueries<P>(scope, options.span, options.query);
  const read = await Promise.all(
    queries.map((query) => context.client.getPages(path, { query, signal: context.signal }, limit)),
  );
  const matches = createMatcher(context.filters);
  const kept = read
    .flatMap(({ items }) => items)
    .filter((item) => matches(facts(item)) && isMember(scope, facts(item)));
  const sorted = kept.sort((a, b) => at(b).localeCompare(at(a)));
  return { items: sorted.slice(0, limit), isCut: sorted.length > limit || read.some(({ isCut }) => isCut) };
}

export function scopeOf(context: LoadContext): Promise<Scope> {
  return resolveScope(context.filters, context.directory);
}

function isMember({ members }: Scope, { device }: Facts): boolean {
  if (members === undefined) {
    return true;
  }
  const names = Array.isArray(device) ? (device as ReadonlyArray<string | null>) : [device as string | null];
  return names.some((name) => name !== null && members.has(name));
}

interface Named {
  readonly organization: string;
  readonly device: string;
  readonly deviceName?: string | null;
  readonly instance?: string | null;
}

/** What every record of the logs says of its device. */
export function deviceFacts({ organization, device, deviceName, instance }: Named): Facts {
  return { organization, device: [device, deviceName ?? null, instance ?? null], instance: instance ?? null };
}
