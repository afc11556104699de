import { toRfc3339 } from '../../domain/time.ts';
import type { AuditRecord, OrganizationScope } from '../../store/patch-store.ts';
import { type Cursors, invalidCursor } from '../core/cursor.ts';
import { type Route, type RouteSpec, route } from '../core/route.ts';
import { inScope } from '../core/scope.ts';
import type { StoreReader } from '../deps.ts';
import { Paging } from '../schema/common.ts';
import { AuditPage } from '../schema/overview.ts';

export const auditSpec = {
  method: 'get',
  path: '/audit',
  operationId: 'listAudit',
  tag: 'audit',
  summary: 'Who changed what, newest first',
  role: 'admin',
  query: Paging,
  responses: { 200: { description: 'One page.', schema: AuditPage } },
  problems: ['invalid_cursor'],
} as const satisfies RouteSpec;

type Stored = AuditRecord & { readonly seq: number };
const readSize = 500;

export function auditRoute(store: Pick<StoreReader, 'queryAudit'>, cursors: Cursors): Route {
  return route(auditSpec, async ({ query, principal }) => {
    const before = query.cursor === undefined ? undefined : openSeq(query.cursor, cursors);
    const found = await readVisible(store, principal.scope, query.limit + 1, before);
    const shown = found.slice(0, query.limit);
    const last = found.length > query.limit ? shown.at(-1) : undefined;
    return {
      body: {
        items: shown.map(present),
        nextCursor: last === undefined ? null : cursors.seal(['audit', last.seq]),
      },
    };
  });
}

/** The log is not cut by organization, so it is read on until the page is full. Records of nobody's are for `all`. */
async function readVisible(
  store: Pick<StoreReader, 'queryAudit'>,
  scope: OrganizationScope,
  wanted: number,
  before: number | undefined,
): Promise<readonly Stored[]> {
  const found: Stored[] = [];
  let position = before;
  for (;;) {
    const rows = await store.queryAudit(readSize, position);
    found.push(...rows.filter((row) => inScope(scope, row.organization)));
    position = rows.at(-1)?.seq;
    if (found.length >= wanted || rows.length < readSize) return found.slice(0, wanted);
  }
}

function openSeq(cursor: string, cursors: Cursors): number {
  const [kind, seq] = cursors.open(cursor);
  if (kind !== 'audit' || typeof seq !== 'number') throw invalidCursor();
  return seq;
}

function present(record: Stored) {
  const { actor, action, target, outcome } = record;
  const [organization, detail] = [record.organization ?? null, record.detail ?? null];
  return { at: toRfc3339(record.at), actor, action, target, organization, outcome, detail };
}
