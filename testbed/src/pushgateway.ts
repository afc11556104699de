import { requireProgram } from './binaries.ts';
import { freePort } from './free-port.ts';
import { answersHttp, createWorkFolder, startProcess, type ManagedProcess } from './process.ts';

export interface PushgatewayServer extends ManagedProcess {
  readonly url: string;
  /** `host:port`. */
  readonly address: string;
}

/** Starts the real Pushgateway; metrics are kept in memory and gone after a restart. */
export async function startPushgateway({ flags = [] }: { flags?: string[] } = {}): Promise<PushgatewayServer> {
  const { file } = requireProgram('pushgateway');
  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  const server = await startProcess({
    name: 'pushgateway',
    file,
    folder: createWorkFolder('pushgateway'),
    // Debian builds it with a persistence file under /var/lib as the default; empty keeps metrics in memory only.
    args: [`--web.listen-address=${address}`, '--persistence.file=', ...flags],
    ready: answersHttp(`${url}/-/ready`),
  });
  return { ...server, url, address };
}
