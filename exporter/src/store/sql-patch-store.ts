import type { SilenceWindow } from '../domain/window.ts';
import type { Executor } from './executor.ts';
import type {
  AppendResult,
  AuditRecord,
  CollectionRun,
  OrganizationScope,
  PatchStore,
  TokenRecord,
} from './patch-store.ts';
import { SavedStates } from './saved-states.ts';
import { eventFromRow, eventsToColumns, ledgerFromRow, ledgerToRow, windowToRow } from './rows.ts';

/** A query's own organization within the caller's scope; undefined means all. An empty list sees nothing. */
export function visibleOrganizations(
  scope: OrganizationScope,
  organization: string | undefined,
): readonly string[] | undefined {
  if (organization === undefined) return scope === 'all' ? undefined : scope;
  return scope === 'all' || scope.includes(organization) ? [organization] : [];
}

/** Restates a query for the database, or undefined when its scope sees nothing. */
function within<Q extends { readonly scope: OrganizationScope; readonly organization?: string }>(query: Q) {
  const { scope, organization, ...rest } = query;
  const organizations = visibleOrganizations(scope, organization);
  if (organizations?.length === 0) return undefined;
  return { ...rest, ...(organizations === undefined ? {} : { organizations }) };
}

function parse<T>(body: string): T {
  return JSON.parse(body) as T;
}

function parseIfAny<T>(body: string | undefined): T | undefined {
  return body === undefined ? undefined : parse<T>(body);
}

function toResult(seq: number | undefined): AppendResult {
  return seq === undefined ? { result: 'duplicate' } : { result: 'accepted', seq };
}

/** PatchStore over any executor: turns domain objects into rows on the way in and back on the way out. */
export function createSqlPatchStore(executor: Executor): PatchStore {
  const run = executor.execute;
  const states = new SavedStates(executor);
  return {
    appendEvents: async (events, cursor, audit) => {
      const input = {
        events: eventsToColumns(events),
        ...(cursor === undefined ? {} : { cursor }),
        ...(audit === undefined ? {} : { audit: JSON.stringify(audit) }),
      };
      return (await run('appendEvents', input)).map(toResult);
    },
    queryEvents: async (query) => {
      const input = within(query);
      return input === undefined ? [] : (await run('queryEvents', input)).map(eventFromRow);
    },
    readCursor: (source) => run('readCursor', source),

    recordDecisions: async (windows, entries) => {
      const positions = await run('recordDecisions', {
        windows: windows.map(windowToRow),
        entries: entries.map(ledgerToRow),
      });
      return entries.map((entry, i) => ({ ...structuredClone(entry), seq: Number(positions[i]) }));
    },
    queryLedger: async (query) => {
      const input = within(query);
      return input === undefined ? [] : (await run('queryLedger', input)).map(ledgerFromRow);
    },
    queryWindows: async (query) => {
      const input = within(query);
      return input === undefined ? [] : (await run('queryWindows', input)).map((body) => parse<SilenceWindow>(body));
    },
    readWindow: async (id) => parseIfAny<SilenceWindow>(await run('readWindow', id)),

    loadStates: (onBatch) => states.load(onBatch),
    saveStates: (changed, seq) => states.save(changed, seq),
    dropStates: () => run('dropStates', null),

    recordRun: (collectionRun) => {
      const { source, kind, ok } = collectionRun;
      return run('recordRun', { source, kind, ok, body: JSON.stringify(collectionRun) });
    },
    recentRuns: async (source, limit) =>
      (await run('recentRuns', { source, limit })).map((body) => parse<CollectionRun>(body)),
    lastSuccess: async (source, kind) => parseIfAny<CollectionRun>(await run('lastSuccess', { source, kind })),

    saveToken: (token) => run('saveToken', { id: token.id, secretHash: token.secretHash, body: JSON.stringify(token) }),
    listTokens: async () => (await run('listTokens', null)).map((body) => parse<TokenRecord>(body)),
    appendAudit: (record) => run('appendAudit', JSON.stringify(record)),
    queryAudit: async (limit, beforeSeq) => {
      const rows = await run('queryAudit', { limit, ...(beforeSeq === undefined ? {} : { beforeSeq }) });
      return rows.map((row) => ({ seq: Number(row['seq']), ...parse<AuditRecord>(String(row['body'])) }));
    },
    saveMapping: (device, instance) => run('saveMapping', { device, instance }),
    listMappings: async () => new Map(await run('listMappings', null)),

    check: () => run('check', null),
    close: () => executor.close(),
  };
}
