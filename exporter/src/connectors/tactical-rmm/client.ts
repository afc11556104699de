import { ConnectorError } from '../../domain/errors.ts';
import { createHttpClient, type HttpDeps, type Query } from '../http-client.ts';
import { toClientOptions } from '../http-options.ts';
import { arrayOf, LooseList } from '../loose-list.ts';
import type { Counter } from '../tally.ts';
import { Agent, Client, WinUpdate } from './api-schema.ts';
import type { TacticalOptions } from './config.ts';

/** What every request of one read shares. */
export interface Read {
  readonly signal: AbortSignal;
  readonly dropped: Counter;
}

/** The endpoints we read; all are GETs, and every path ends in a slash, because the server redirects others. */
export interface TacticalClient {
  clients(read: Read): Promise<readonly Client[]>;
  /** Agents of one client: the vendor has no pages, so a client is the smallest piece there is. */
  agents(clientId: number, read: Read): Promise<readonly Agent[]>;
  /** Undefined: the vendor does not know it. */
  agent(agentId: string, read: Read): Promise<Agent | undefined>;
  updates(agentId: string, read: Read): Promise<readonly WinUpdate[]>;
}

/** A client's agents come in one answer, about 1.2 kB each. */
const maxResponseBytes = 128 * 1024 * 1024;

export function createTacticalClient(options: TacticalOptions, deps: HttpDeps): TacticalClient {
  const http = createHttpClient({ ...toClientOptions(options.baseUrl, options.http), maxResponseBytes }, deps);

  const get = (path: string, { signal }: Read, query: Query = {}): Promise<unknown> =>
    http.get(path, { signal, query, headers: { 'x-api-key': options.apiKey.reveal() } });

  return {
    async clients(read) {
      const list = new LooseList(Client, read.dropped, 'organization.malformed');
      const clients = list.parse(arrayOf(await get('/clients/', read), '/clients/'));
      list.finish();
      return clients;
    },
    async agents(client, read) {
      const list = new LooseList(Agent, read.dropped, 'device.malformed');
      const agents = list.parse(arrayOf(await get('/agents/', read, { detail: 'true', client }), '/agents/'));
      list.finish();
      return agents;
    },
    async agent(agentId, read) {
      const path = `/agents/${encodeURIComponent(agentId)}/`;
      const body = await get(path, read).catch(undefinedWhenNotFound);
      if (body === undefined) return undefined;
      const parsed = Agent.safeParse(body);
      if (!parsed.success || parsed.data.agent_id !== agentId)
        throw new ConnectorError('malformed', 'the answer is not the agent asked for', { path });
      return parsed.data;
    },
    async updates(agentId, read) {
      const path = `/winupdate/${encodeURIComponent(agentId)}/`;
      const list = new LooseList(WinUpdate, read.dropped, 'patch.malformed');
      const updates = list.parse(arrayOf(await get(path, read), path));
      list.finish();
      return updates;
    },
  };
}

function undefinedWhenNotFound(error: unknown): undefined {
  if (error instanceof ConnectorError && error.status === 404) return undefined;
  throw error;
}
