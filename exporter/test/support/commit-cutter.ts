import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';

/** A TCP relay to PostgreSQL that can deliver a COMMIT and then break the connection before the answer comes back. */
export async function startCommitCutter(serverPort: number) {
  let isArmed = false;
  let cuts = 0;
  const server = createServer((client) => {
    const upstream = connect(serverPort, '127.0.0.1');
    let isCut = false;
    client.on('data', (chunk) => {
      if (isArmed && chunk.includes('COMMIT')) {
        isArmed = false;
        isCut = true;
        cuts += 1;
      }
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      // The answer has come, so the server has committed.
      if (isCut) client.destroy();
      else client.write(chunk);
    });
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.on('close', () => to.destroy());
      from.on('error', () => to.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cutNextCommit: () => {
      isArmed = true;
    },
    cuts: () => cuts,
    close: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}
