import { requireProgram } from './binaries.ts';
import { freePort } from './free-port.ts';
import { answersHttp, createWorkFolder, startProcess, type ManagedProcess } from './process.ts';

export interface NodeExporterOptions {
  /** Folder of *.prom files for the textfile collector; without it that collector is off. */
  textfileFolder?: string;
  flags?: string[];
}

export interface NodeExporterServer extends ManagedProcess {
  /** `host:port`. */
  readonly address: string;
  readonly metricsUrl: string;
}

/** Starts the real node_exporter with only the collectors the project reads: boot time, host name and textfile. */
export async function startNodeExporter(options: NodeExporterOptions = {}): Promise<NodeExporterServer> {
  const { file } = requireProgram('node-exporter');
  const address = `127.0.0.1:${await freePort()}`;
  const metricsUrl = `http://${address}/metrics`;
  const textfile =
    options.textfileFolder === undefined
      ? []
      : ['--collector.textfile', `--collector.textfile.directory=${options.textfileFolder}`];
  const server = await startProcess({
    name: 'node-exporter',
    file,
    folder: createWorkFolder('node-exporter'),
    args: [
      `--web.listen-address=${address}`,
      '--collector.disable-defaults',
      '--collector.stat',
      '--collector.uname',
      ...textfile,
      ...(options.flags ?? []),
    ],
    ready: answersHttp(metricsUrl),
  });
  return { ...server, address, metricsUrl };
}
