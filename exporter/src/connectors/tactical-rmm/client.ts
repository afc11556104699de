import type { z } from 'zod';
import { ConnectorError } from '../../domain/errors.ts';
import { createHttpClient, type HttpDeps, type Query } from '../http-client.ts';
import { toClientOptions } from '../http-options.ts';
import { arrayOf, LooseList } from '../loose-list.ts';
import type { Counter } from '../tally.ts';
import { Agent, CheckRow, Client, HistoryRow, Script, ServiceRow, WinUpdate } from './api-schema.ts';
import type { TacticalOptions } from './config.ts';

/** What every request of one read shares. */
export interface Read {
  readonly signal: AbortSignal;
  readonly dropped: Counter;
}

/** The endpoints we use; every path ends in a slash, because the server redirects others. */
export interface TacticalClient {
  clients(read: Read): Promise<readonly Client[]>;
  /** Agents of one client: the vendor has no pages, so a client is the smallest piece there is. */
  agents(clientId: number, read: Read): Promise<readonly Agent[]>;
  /** Undefined: the vendor does not know it. */
  agent(agentId: string, read: Read): Promise<Agent | undefined>;
  updates(agentId: string, read: Read): Promise<readonly WinUpdate[]>;
  /** Live: the server asks the agent. Throws `unavailable` when that does not answer. */
  services(agentId: string, read: Read): Promise<readonly ServiceRow[]>;
  checks(agentId: string, read: Read): Promise<readonly CheckRow[]>;
  scripts(read: Read): Promise<readonly Script[]>;
  history(agentId: string, read: Read): Promise<readonly HistoryRow[]>;
  /** The two writes. Each is one request that is never repeated. */
  reboot(agentId: string, signal: AbortSignal): Promise<unknown>;
  /** Does not wait for the script to end. */
  runScript(agentId: string, script: number, args: readonly string[], signal: AbortSignal): Promise<unknown>;
}

/** After this long the agent ends a script. */
const scriptTimeoutSeconds = 3600;

/** A client's agents come in one answer, about 1.2 kB each. */
const maxResponseBytes = 128 * 1024 * 1024;

export function createTacticalClient(options: TacticalOptions, deps: HttpDeps): TacticalClient {
  const http = createHttpClient({ ...toClientOptions(options.baseUrl, options.http), maxResponseBytes }, deps);

  const get = (path: string, { signal }: Read, query: Query = {}): Promise<unknown> =>
    http.get(path, { signal, query, headers: { 'x-api-key': options.apiKey.reveal() } });

  async function list<T>(path: string, schema: z.ZodType<T>, reason: string, read: Read, query: Query = {}) {
    const elements = new LooseList(schema, read.dropped, reason);
    const parsed = elements.parse(arrayOf(await get(path, read, query), path));
    elements.finish();
    return parsed;
  }

  const post = (path: string, json: unknown, signal: AbortSignal): Promise<unknown> =>
    http.send('POST', path, json, { signal, headers: { 'x-api-key': options.apiKey.reveal() } });

  return {
    clients: (read) => list('/clients/', Client, 'organization.malformed', read),
    agents: (client, read) => list('/agents/', Agent, 'device.malformed', read, { detail: 'true', client }),
    async agent(agentId, read) {
      const path = `/agents/${encodeURIComponent(agentId)}/`;
      const body = await get(path, read).catch(undefinedWhenNotFound);
      if (body === undefined) return undefined;
      const parsed = Agent.safeParse(body);
      if (!parsed.success || parsed.data.agent_id !== agentId)
        throw new ConnectorError('malformed', 'the answer is not the agent asked for', { path });
      return parsed.data;
    },
    updates: (agentId, read) => list(`/winupdate/${encodeURIComponent(agentId)}/`, WinUpdate, 'patch.malformed', read),
    services: (agentId, read) =>
      list(`/services/${encodeURIComponent(agentId)}/`, ServiceRow, 'service.malformed', read).catch(unreachableAgent),
    checks: (agentId, read) =>
      list(`/agents/${encodeURIComponent(agentId)}/checks/`, CheckRow, 'check.malformed', read),
    scripts: (read) => list('/scripts/', Script, 'script.malformed', read),
    history: (agentId, read) =>
      list(`/agents/${encodeURIComponent(agentId)}/history/`, HistoryRow, 'run.malformed', read),
    reboot: (agentId, signal) => post(`/agents/${encodeURIComponent(agentId)}/reboot/`, {}, signal).catch(unsure),
    runScript: (agentId, script, args, signal) =>
      post(
        `/agents/${encodeURIComponent(agentId)}/runscript/`,
        { script, output: 'forget', args, env_vars: [], run_as_user: false, timeout: scriptTimeoutSeconds },
        signal,
      ),
  };
}

/** The server answers 400 when the agent, or the message bus between them, does not. */
function unreachableAgent(error: unknown): never {
  if (!(error instanceof ConnectorError) || error.status !== 400) throw error;
  throw new ConnectorError('unavailable', 'the agent does not answer', { cause: error, status: error.status });
}

/** The server passes a reboot on and waits: its 400 tells that the agent did not answer, not that it did not hear. */
function unsure(error: unknown): never {
  if (!(error instanceof ConnectorError) || error.status !== 400) throw error;
  throw new ConnectorError('unavailable', 'the agent did not answer the server (400)', { cause: error });
}

function undefinedWhenNotFound(error: unknown): undefined {
  if (error instanceof ConnectorError && error.status === 404) return undefined;
  throw error;
}
