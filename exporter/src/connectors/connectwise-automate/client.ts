import type { z } from 'zod';
import { ConnectorError } from '../../domain/errors.ts';
import { createHttpClient, type HttpDeps } from '../http-client.ts';
import { toClientOptions } from '../http-options.ts';
import { arrayOf, LooseList } from '../loose-list.ts';
import type { Counter } from '../tally.ts';
import { bearer, createAuthorizedGet, createAuthorizedSend } from '../token-source.ts';
import {
  Command,
  CommandRow,
  Computer,
  MaintenanceMode,
  MicrosoftUpdate,
  PatchingStats,
  Script,
  ScriptRun,
} from './api-schema.ts';
import type { AutomateOptions } from './config.ts';
import { createPageReader, type PageRequest } from './parameters.ts';
import { createAutomateTokens } from './tokens.ts';

/** What every request of one read shares. */
export interface Read {
  readonly signal: AbortSignal;
  readonly dropped: Counter;
}

/** The endpoints we use. */
export interface AutomateClient {
  computers(read: Read): AsyncGenerator<readonly Computer[]>;
  /** Undefined: the vendor does not know it. */
  computer(id: number, read: Read): Promise<Computer | undefined>;
  updates(computerId: number, read: Read): Promise<readonly MicrosoftUpdate[]>;
  patchingStats(computerId: number, read: Read): Promise<PatchingStats>;
  /** As text, with or without a zone; undefined where the server has no such route. */
  serverTime(read: Read): Promise<unknown>;
  maintenanceModes(read: Read): Promise<readonly MaintenanceMode[]>;
  scripts(read: Read): Promise<readonly Script[]>;
  commands(read: Read): Promise<readonly Command[]>;
  /** The newest first, where the server sorts at all. */
  scriptHistory(computerId: number, read: Read): Promise<readonly ScriptRun[]>;
  runningScripts(computerId: number, read: Read): Promise<readonly ScriptRun[]>;
  /** A command that was given, by the id of its row. */
  command(computerId: number, id: string, read: Read): Promise<CommandRow | undefined>;
  /** The two writes. Each is one request that is never repeated. */
  executeScript(body: object, signal: AbortSignal): Promise<unknown>;
  executeCommand(computerId: number, commandId: number, signal: AbortSignal): Promise<unknown>;
}

const api = '/cwa/api/v1';
const computerFields = Object.keys(Computer.shape);
const updateFields = Object.keys(MicrosoftUpdate.shape);
const runFields = Object.keys(ScriptRun.shape);
const updatePageSize = 1000;
const maxPages = 10_000;
const maxUpdatePages = 20;

export function createAutomateClient(options: AutomateOptions, deps: HttpDeps): AutomateClient {
  const http = createHttpClient(toClientOptions(options.baseUrl, options.http), deps);
  const tokens = createAutomateTokens(http, options, deps.clock);
  const headersOf = (token: string) => ({ ...bearer(token), clientId: options.clientId });
  const get = createAuthorizedGet(http, tokens, headersOf);
  const send = createAuthorizedSend(http, tokens, headersOf);
  const pageReaders = new WeakMap<Read, ReturnType<typeof createPageReader>>();

  /** Each read finds out anew which spelling is understood: a server may be upgraded between two. */
  function readPage(path: string, request: PageRequest, read: Read): Promise<readonly unknown[]> {
    const known = pageReaders.get(read);
    const reader =
      known ??
      createPageReader(async (target, query) => arrayOf(await get(target, { signal: read.signal, query }), target));
    if (known === undefined) pageReaders.set(read, reader);
    return reader(path, request);
  }

  /**
   * Walks by id instead of by page number: a computer that is deleted meanwhile cannot push another one over the edge of
   * a page, and each page proves that the condition was applied. Only an empty page is the end.
   */
  async function* computers(read: Read): AsyncGenerator<readonly Computer[]> {
    const path = `${api}/Computers`;
    const list = new LooseList(Computer, read.dropped, 'device.malformed');
    let after = 0;
    for (let page = 0; page < maxPages; page += 1) {
      const last = after;
      const request: PageRequest = {
        fields: computerFields,
        pageSize: options.pageSize,
        condition: `Id > ${String(last)}`,
        orderBy: 'Id',
        holds: (rows) => isAscendingFrom(last, rows.map(idOf)),
      };
      const rows = await readPage(path, request, read);
      if (rows.length === 0) {
        list.finish();
        return;
      }
      yield list.parse(rows);
      after = Math.max(after, ...rows.map((row) => idOf(row) ?? 0));
      if (after === last) {
        list.finish();
        throw new ConnectorError('malformed', 'paging does not end: a page without ids', { path });
      }
    }
    throw new ConnectorError('malformed', `paging does not end: more than ${String(maxPages)} pages`, { path });
  }

  /** A list by page numbers, to its end. */
  async function pages<T extends object>(
    path: string,
    schema: z.ZodType<T>,
    request: Omit<PageRequest, 'pageSize' | 'page'>,
    reason: string,
    read: Read,
  ): Promise<readonly T[]> {
    const list = new LooseList(schema, read.dropped, reason);
    const found: T[] = [];
    for (let page = 1; page <= maxUpdatePages; page += 1) {
      const rows = await readPage(path, { ...request, pageSize: updatePageSize, page }, read);
      found.push(...list.parse(rows));
      // What a page that is cut shorter than asked for would hide, the counts of `patchingStats` show.
      if (rows.length < updatePageSize) {
        list.finish();
        return found;
      }
    }
    throw new ConnectorError('malformed', `paging does not end: more than ${String(maxUpdatePages)} pages`, { path });
  }

  const of = (computerId: number, what: string): string => `${api}/Computers/${String(computerId)}/${what}`;

  return {
    computers,
    updates: (id, read) =>
      pages(of(id, 'MicrosoftUpdates'), MicrosoftUpdate, { fields: updateFields }, 'patch.malformed', read),
    maintenanceModes: (read) =>
      pages(
        `${api}/Computers/MaintenanceModes`,
        MaintenanceMode,
        { fields: Object.keys(MaintenanceMode.shape) },
        'maintenance.malformed',
        read,
      ),
    scripts: (read) => pages(`${api}/Scripts`, Script, { fields: Object.keys(Script.shape) }, 'script.malformed', read),
    commands: (read) =>
      pages(`${api}/Commands`, Command, { fields: Object.keys(Command.shape) }, 'command.malformed', read),
    scriptHistory: (id, read) =>
      pages(of(id, 'ScriptHistory'), ScriptRun, { fields: runFields }, 'run.malformed', read),
    runningScripts: (id, read) =>
      pages(of(id, 'RunningScripts'), ScriptRun, { fields: runFields }, 'run.malformed', read),
    async command(computerId, id, read) {
      const rows = await pages(
        of(computerId, 'CommandExecute'),
        CommandRow,
        { fields: Object.keys(CommandRow.shape), condition: `Id = ${id}` },
        'command.malformed',
        read,
      );
      return rows.find((row) => String(row.Id) === id);
    },
    executeScript: (body, signal) => send('POST', `${api}/Batch/ScriptExecute`, body, signal),
    executeCommand: (computerId, commandId, signal) =>
      send(
        'POST',
        of(computerId, 'CommandExecute'),
        { ComputerId: computerId, Command: { Id: String(commandId) }, Parameters: [] },
        signal,
      ),
    async computer(id, read) {
      const request: PageRequest = {
        fields: computerFields,
        pageSize: 2,
        condition: `Id = ${String(id)}`,
        holds: (rows) => rows.every((row) => idOf(row) === id),
      };
      const [row] = await readPage(`${api}/Computers`, request, read);
      if (row === undefined) return undefined;
      const parsed = Computer.safeParse(row);
      if (!parsed.success) throw new ConnectorError('malformed', 'the answer is not the computer asked for');
      return parsed.data;
    },
    async patchingStats(computerId, read) {
      const path = of(computerId, 'PatchingStats');
      const parsed = PatchingStats.safeParse(await get(path, { signal: read.signal }));
      if (!parsed.success) throw new ConnectorError('malformed', 'the answer is not the counts asked for', { path });
      return parsed.data;
    },
    async serverTime({ signal }) {
      return await get(`${api}/DatabaseServerTime`, { signal }).catch((error: unknown) => {
        if (error instanceof ConnectorError && error.status === 404) return undefined;
        throw error;
      });
    },
  };
}

function idOf(row: unknown): number | undefined {
  if (typeof row !== 'object' || row === null || !('Id' in row)) return undefined;
  return Computer.shape.Id.safeParse(row.Id).data;
}

/** Rows whose id cannot be read are somebody else's worry; a row may stand twice. */
function isAscendingFrom(after: number, ids: readonly (number | undefined)[]): boolean {
  let last = after + 1;
  return ids.every((id) => {
    if (id === undefined) return true;
    const inOrder = id >= last;
    last = id;
    return inOrder;
  });
}
