import { ConnectorError } from '../../domain/errors.ts';
import { createHttpClient, type HttpDeps } from '../http-client.ts';
import { toClientOptions } from '../http-options.ts';
import { LooseList } from '../loose-list.ts';
import { pagesByCursor } from '../paging.ts';
import type { Counter } from '../tally.ts';
import { bearer, createAuthorizedGet, createAuthorizedSend, createTokenSource } from '../token-source.ts';
import { Device, DevicePage, JobResult, TokenReply } from './api-schema.ts';
import type { DattoOptions } from './config.ts';

/** What every request of one read shares. */
export interface Read {
  readonly signal: AbortSignal;
  readonly dropped: Counter;
}

/** The endpoints we use. */
export interface DattoClient {
  devices(read: Read): AsyncGenerator<readonly Device[]>;
  /** Undefined: the vendor does not know it. */
  device(uid: string, read: Read): Promise<Device | undefined>;
  /** The one write: a request that is never repeated. */
  quickJob(uid: string, job: object, signal: AbortSignal): Promise<unknown>;
  /** How far a job has come on a device, in the vendor's word. */
  jobStatus(job: string, uid: string, signal: AbortSignal): Promise<string | undefined>;
}

const tokenPath = '/auth/oauth/token';
const devicesPath = '/api/v2/account/devices';
/** The largest page the vendor serves. */
const pageSize = 250;
const maxPages = 4000;
/** Said by the vendor: who goes on after a 429 is blocked by address. */
const pauseAfter429Seconds = 120;

export function createDattoClient(options: DattoOptions, deps: HttpDeps): DattoClient {
  const http = createHttpClient({ ...toClientOptions(options.baseUrl, options.http), pauseAfter429Seconds }, deps);
  const tokens = createTokenSource({
    path: tokenPath,
    clock: deps.clock,
    defaultLifetimeSeconds: 3600,
    async ask(signal) {
      const form = { grant_type: 'password', username: options.apiKey, password: options.apiSecret.reveal() };
      // The vendor's own public client; the key and the secret are what is secret.
      const headers = { authorization: `Basic ${Buffer.from('public-client:public').toString('base64')}` };
      const reply = TokenReply.safeParse(await http.post(tokenPath, { form }, { signal, headers }).catch(asAuthError));
      if (!reply.success) throw new ConnectorError('malformed', 'the token reply has no token', { path: tokenPath });
      return { token: reply.data.access_token, lifetimeSeconds: reply.data.expires_in ?? undefined };
    },
  });
  const get = createAuthorizedGet(http, tokens, bearer);
  const send = createAuthorizedSend(http, tokens, bearer);

  async function* devices(read: Read): AsyncGenerator<readonly Device[]> {
    const list = new LooseList(Device, read.dropped, 'device.malformed');
    let seen = 0;
    let total = 0;
    const readPage = async (next: string | undefined) => {
      const query = next === undefined ? { max: pageSize } : {};
      const page = DevicePage.safeParse(await get(next ?? devicesPath, { signal: read.signal, query }));
      if (!page.success) throw new ConnectorError('malformed', 'the answer is not a page', { path: devicesPath });
      const { pageDetails, devices: items } = page.data;
      seen += items.length;
      total = pageDetails.totalCount ?? 0;
      const fingerprint = JSON.stringify([items.length, items[0], items.at(-1)]);
      return { items, next: pageDetails.nextPageUrl ?? undefined, fingerprint };
    };
    for await (const page of pagesByCursor(readPage, { path: devicesPath, maxPages })) yield list.parse(page);
    list.finish();
    // Pages go by number: a device that is deleted meanwhile pushes another one over the edge of a page.
    if (seen < total)
      throw new ConnectorError('malformed', `${String(seen)} of ${String(total)} devices were in the pages`, {
        path: devicesPath,
      });
  }

  return {
    devices,
    async device(uid, { signal }) {
      const path = `/api/v2/device/${encodeURIComponent(uid)}`;
      const body = await get(path, { signal }).catch((error: unknown) => {
        if (error instanceof ConnectorError && error.status === 404) return undefined;
        throw error;
      });
      if (body === undefined) return undefined;
      const parsed = Device.safeParse(body);
      if (!parsed.success || parsed.data.uid !== uid)
        throw new ConnectorError('malformed', 'the answer is not the device asked for', { path });
      return parsed.data;
    },
    quickJob: (uid, job, signal) => send('PUT', `/api/v2/device/${encodeURIComponent(uid)}/quickjob`, job, signal),
    async jobStatus(job, uid, signal) {
      const path = `/api/v2/job/${encodeURIComponent(job)}/results/${encodeURIComponent(uid)}`;
      return JobResult.safeParse(await get(path, { signal })).data?.jobDeploymentStatus ?? undefined;
    },
  };
}

function asAuthError(error: unknown): never {
  if (error instanceof ConnectorError && [400, 401].includes(error.status ?? 0))
    throw new ConnectorError('auth', 'the vendor refused the API key or its secret', { path: tokenPath });
  throw error;
}
