import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { freePort } from './free-port.ts';

/** An HTTP server on one loopback port that can go away and come back. */
export interface HttpListener {
  /** `host:port`. */
  readonly address: string;
  readonly url: string;
  isUp(): boolean;
  /** Closes the listening socket and every open connection; new connections are refused. */
  down(): Promise<void>;
  /** Listens on the same port again; nothing happens when it does already. */
  up(): Promise<void>;
}

/** Serves `handler` on a free loopback port. */
export async function startHttpListener(handler: RequestListener): Promise<HttpListener> {
  const server = createServer(handler);
  const port = await freePort();
  const address = `127.0.0.1:${port}`;

  const up = () =>
    new Promise<void>((resolve, reject) => {
      if (server.listening) {
        resolve();
        return;
      }
      server.once('error', reject);
      server.listen({ host: '127.0.0.1', port }, () => {
        server.off('error', reject);
        resolve();
      });
    });

  const down = () =>
    new Promise<void>((resolve) => {
      if (!server.listening) {
        resolve();
        return;
      }
      server.close(() => {
        resolve();
      });
      server.closeAllConnections();
    });

  await up();
  return { address, url: `http://${address}`, isUp: () => server.listening, down, up };
}

/** The whole request body as bytes. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
