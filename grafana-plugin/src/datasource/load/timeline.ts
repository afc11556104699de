import type { LedgerLine, PatchEvent, PatchWindow } from '../../shared/api/types';
import { createMatcher } from '../filters';
import { type EventRow, toEventFrame } from '../../shared/frames/event-frame';
import {
  eventToRow,
  refusalToRow,
  type RowContext,
  verificationToRow,
  windowToRow,
  withoutKeptPlans,
} from '../frames/event-rows';
import { windowColumns } from '../frames/tables';
import { defaultEventTypes } from '../query';
import type { Scope } from '../scope';
import { cutNotice, filterNotices, type Loaded, type LoadContext, spanOf } from './context';
import { deviceFacts, type History, readHistory, scopeOf, type Span } from './history';

const rowKeys = ['organization', 'site', 'group', 'device', 'instance', 'kind', 'severity'] as const;

export async function loadEvents(context: LoadContext): Promise<Loaded> {
  const scope = await scopeOf(context);
  const events = await readEvents(context, scope, spanOf(context));
  const rows = events.items.map((event) => eventToRow(event, rowContext(context)));
  return finish(context, scope, rows, [events], [...rowKeys, 'source']);
}

/** Windows with what only windows have, as columns behind those of every event frame. */
export async function loadWindows(context: LoadContext): Promise<Loaded> {
  const scope = await scopeOf(context);
  const windows = await readWindows(context, scope, withAhead(context));
  const byId = new Map(windows.items.map((window) => [`window/${window.id}`, window]));
  const rows = matching(
    context,
    windows.items.map((window) => windowToRow(window, rowContext(context))),
  );
  const frame = toEventFrame(rows, { refId: context.query.refId });
  const ids = (frame.fields.find(({ name }) => name === 'id')?.values ?? []) as string[];
  for (const { name, type, value, config } of windowColumns) {
    const values = ids.map((id) => {
      const window = byId.get(id);
      return window === undefined ? null : value(window);
    });
    frame.fields.push({ name, type, config: config ?? {}, values });
  }
  return { frames: [asTable(frame)], notices: noticesOf(context, scope, [windows], rowKeys) };
}

/** Everything that belongs on lanes: events, windows with their checks, and what was not muted. */
export async function loadTimeline(context: LoadContext): Promise<Loaded> {
  const scope = await scopeOf(context);
  const span = spanOf(context);
  const [events, windows, refusals] = await Promise.all([
    readEvents(context, scope, span),
    readWindows(context, scope, withAhead(context)),
    readRefusals(context, scope, span),
  ]);
  const row = rowContext(context);
  const rows = withoutKeptPlans([
    ...windows.items.flatMap((window) => [windowToRow(window, row), verificationToRow(window, row) ?? []].flat()),
    ...events.items.map((event) => eventToRow(event, row)),
    ...refusals.items.map((line) => refusalToRow(line, row)),
  ]);
  return finish(context, scope, rows, [events, windows, refusals], rowKeys);
}

export function readEvents(
  context: LoadContext,
  scope: Scope,
  span: Span,
  types: readonly string[] = context.query.eventTypes,
): Promise<History<PatchEvent>> {
  const wanted = types.length > 0 ? types : defaultEventTypes;
  return readHistory(context, '/events', {
    scope,
    span,
    query: { type: wanted.join(',') },
    limit: context.query.limit,
    facts: (event) => ({ ...deviceFacts(event), source: event.source }),
    at: ({ occurredAt }) => occurredAt,
  });
}

export function readWindows(context: LoadContext, scope: Scope, span: Span): Promise<History<PatchWindow>> {
  const { windowKind, limit } = context.query;
  return readHistory(context, '/windows', {
    scope,
    span,
    query: windowKind === 'all' ? {} : { kind: windowKind },
    limit,
    facts: deviceFacts,
    at: ({ openedAt }) => openedAt,
  });
}

function readRefusals(context: LoadContext, scope: Scope, span: Span): Promise<History<LedgerLine>> {
  return readHistory(context, '/ledger', {
    scope,
    span,
    query: { action: 'refused' },
    limit: context.query.limit,
    facts: deviceFacts,
    at: ({ at }) => at,
  });
}

/** Planned windows lie past the end of a range that ends now. */
function withAhead({ range, query }: LoadContext): Span {
  const isToNow = range.toMs >= range.nowMs - 60_000;
  return { fromMs: range.fromMs, toMs: range.toMs + (isToNow ? query.aheadHours * 3_600_000 : 0) };
}

function rowContext(context: LoadContext): RowContext {
  return { nowMs: context.range.nowMs, span: spanOf(context) };
}

/** Kind and severity are known of rows only. */
function matching({ filters }: LoadContext, rows: readonly EventRow[]): EventRow[] {
  const matches = createMatcher(filters.filter(({ key }) => key === 'kind' || key === 'severity'));
  return rows.filter(({ kind, severity }) => matches({ kind, severity }));
}

function finish(
  context: LoadContext,
  scope: Scope,
  rows: readonly EventRow[],
  read: ReadonlyArray<History<unknown>>,
  known: Parameters<typeof filterNotices>[1],
): Loaded {
  const frame = asTable(toEventFrame(matching(context, rows), { refId: context.query.refId }));
  return { frames: [frame], notices: noticesOf(context, scope, read, known) };
}

function asTable(frame: ReturnType<typeof toEventFrame>): ReturnType<typeof toEventFrame> {
  return { ...frame, meta: { ...frame.meta, preferredVisualisationType: 'table' } };
}

function noticesOf(
  context: LoadContext,
  scope: Scope,
  read: ReadonlyArray<History<unknown>>,
  known: Parameters<typeof filterNotices>[1],
): string[] {
  const cut = read.filter(({ isCut }) => isCut);
  const count = Math.max(0, ...cut.map(({ items }) => items.length));
  return [
    ...scope.notices,
    ...(cut.length === 0 ? [] : [cutNotice(count, 'newest entries of a log', true)]),
    ...filterNotices(context, known),
  ];
}
