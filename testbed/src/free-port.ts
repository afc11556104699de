import { createServer } from 'node:net';

/** Below Linux' ephemeral range (32768 and up), so that no outgoing connection borrows a port while its owner is down. */
const firstPort = 15_000;
const lastPort = 32_000;

const handedOut = new Set<number>();

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

/** A loopback TCP port nobody listens on; the same process never gets one twice, so restarts can rely on it. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 200; tries += 1) {
    const port = firstPort + Math.floor(Math.random() * (lastPort - firstPort));
    if (handedOut.has(port)) continue;
    handedOut.add(port);
    if (await canListen(port)) return port;
  }
  throw new Error(`no free loopback port between ${firstPort} and ${lastPort}`);
}
