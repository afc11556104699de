import { type RequestListener, type Server, createServer } from 'node:http';
import { type Server as TlsServer, createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** Options of node:https as the web configuration gives them. */
interface Tls {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca: Buffer | undefined;
  readonly requestCert: boolean;
  readonly rejectUnauthorized: boolean;
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  readonly maxVersion: 'TLSv1.2' | 'TLSv1.3';
}

export interface RunningServer {
  /** As bound: `http://127.0.0.1:9725`. */
  readonly urls: readonly string[];
  /** New connections use it. Turning TLS on or off needs a restart: throws when asked to. */
  setTls(tls: Tls | undefined): void;
  /** Takes no new connections, lets requests end for at most `graceMs`, then cuts what is left. */
  close(graceMs: number): Promise<void>;
}

const requestTimeoutMs = 60_000;
const headersTimeoutMs = 15_000;

/** Listens on every address (`host:port`, `[::1]:port`, `:port`), or on none: rejects when one of them fails. */
export async function startServer(
  app: RequestListener,
  addresses: readonly string[],
  tls: Tls | undefined,
): Promise<RunningServer> {
  const servers: (Server | TlsServer)[] = [];
  const closeAll = (graceMs: number): Promise<void> =>
    Promise.all(servers.map((server) => closeServer(server, graceMs))).then(() => undefined);
  try {
    for (const address of addresses) servers.push(await listen(app, address, tls));
  } catch (error) {
    await closeAll(0);
    throw error;
  }
  return {
    urls: servers.map((server) => urlOf(server, tls !== undefined)),
    setTls(next) {
      if ((next === undefined) !== (tls === undefined)) throw new Error('turning TLS on or off needs a restart');
      for (const server of servers)
        if (next !== undefined && 'setSecureContext' in server) server.setSecureContext(next);
    },
    close: closeAll,
  };
}

async function listen(app: RequestListener, address: string, tls: Tls | undefined): Promise<Server | TlsServer> {
  const { host, port } = parseAddress(address);
  const timeouts = { requestTimeout: requestTimeoutMs, headersTimeout: headersTimeoutMs };
  const server = tls === undefined ? createServer(timeouts, app) : createTlsServer({ ...tls, ...timeouts }, app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, ...(host !== undefined && { host }) }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return server;
}

/** Throws for anything that is not an address with a port. */
export function parseAddress(address: string): { readonly host: string | undefined; readonly port: number } {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(address);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535)
    throw new Error(`"${address}" is not an address such as 127.0.0.1:9725 or :9725`);
  const host = match[1] ?? match[2];
  return { host: host === '' ? undefined : host, port };
}

function urlOf(server: Server | TlsServer, isTls: boolean): string {
  const { address, family, port } = server.address() as AddressInfo;
  return `${isTls ? 'https' : 'http'}://${family === 'IPv6' ? `[${address}]` : address}:${String(port)}`;
}

function closeServer(server: Server | TlsServer, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => {
      server.closeAllConnections();
    }, graceMs);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
