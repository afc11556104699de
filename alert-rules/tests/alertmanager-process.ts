import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseDocument } from 'yaml';
import { eventV2, type EventV2 } from './events-v2.ts';

export type Labels = Record<string, string>;

export interface PostedAlert {
  readonly labels: Labels;
  readonly annotations?: Labels;
  /** RFC 3339; in the past = resolved. */
  readonly endsAt?: string;
}

export interface SeenAlert {
  readonly labels: Labels;
  readonly status: { readonly state: string; readonly inhibitedBy: readonly string[] };
}

export interface Sink {
  readonly url: string;
  readonly events: readonly EventV2[];
  /** Bodies that broke the contract, with the reason: a correct run leaves it empty. */
  readonly refused: readonly string[];
  readonly chatTitles: readonly string[];
  close(): void;
}

/** Asks `read` every 50 ms until it returns something; fails after `timeoutMs` with what was awaited. */
export async function eventually<T>(what: string, read: () => Promise<T | undefined>, timeoutMs = 15_000): Promise<T> {
  for (let waitedMs = 0; waitedMs < timeoutMs; waitedMs += 50) {
    const value = await read();
    if (value !== undefined) return value;
    await sleep(50);
  }
  throw new Error(`did not happen within ${timeoutMs} ms: ${what}`);
}

/** PagerDuty on /v2/enqueue (202 or 400 by the contract) and a Slack webhook on /slack. */
export async function startSink(): Promise<Sink> {
  const events: EventV2[] = [];
  const refused: string[] = [];
  const chatTitles: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
      if (request.url === '/slack') {
        chatTitles.push((body as { attachments: { title: string }[] }).attachments[0]?.title ?? '');
        response.end('ok');
        return;
      }
      const parsed = eventV2.safeParse(body);
      if (request.url !== '/v2/enqueue' || !parsed.success) {
        refused.push(`${request.url ?? ''} ${parsed.error?.message ?? ''} ${JSON.stringify(body)}`);
        response.writeHead(400).end('{"status":"invalid event","message":"Event object is invalid"}');
        return;
      }
      events.push(parsed.data);
      response.writeHead(202, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ status: 'success', message: 'Event processed', dedup_key: parsed.data.dedup_key }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    events,
    refused,
    chatTitles,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

/** The delivered configuration with only addresses, secrets' paths and group timers replaced. */
async function testConfig(sinkUrl: string, directory: string): Promise<string> {
  const source = new URL('../alertmanager/', import.meta.url);
  const config = parseDocument(await readFile(new URL('alertmanager.yml', source), 'utf8'));
  await writeFile(join(directory, 'patchhaven.tmpl'), await readFile(new URL('patchhaven.tmpl', source), 'utf8'));
  await writeFile(join(directory, 'key'), '0123456789abcdef0123456789abcdef\n');
  await writeFile(join(directory, 'slack'), `${sinkUrl}/slack`);
  const receivers = config.toJS() as { receivers: { name: string }[] };
  const index = (name: string) => receivers.receivers.findIndex((receiver) => receiver.name === name);
  const pagerduty = ['receivers', index('pagerduty'), 'pagerduty_configs', 0];
  config.setIn([...pagerduty, 'routing_key_file'], join(directory, 'key'));
  config.setIn([...pagerduty, 'url'], `${sinkUrl}/v2/enqueue`);
  config.setIn(['receivers', index('slack'), 'slack_configs', 0, 'api_url_file'], join(directory, 'slack'));
  const text = String(config)
    .replaceAll('group_wait: 30s', 'group_wait: 100ms')
    .replaceAll(/group_interval: (30s|5m)/g, 'group_interval: 300ms');
  const path = join(directory, 'alertmanager.yml');
  await writeFile(path, text);
  return path;
}

export interface Alertmanager {
  post(alerts: readonly PostedAlert[]): Promise<void>;
  alerts(): Promise<SeenAlert[]>;
  stop(): Promise<void>;
}

/** Starts a real Alertmanager on a free loopback port with the delivered configuration, notifying `sinkUrl`. */
export async function startAlertmanager(sinkUrl: string): Promise<Alertmanager> {
  const directory = await mkdtemp(join(tmpdir(), 'patchhaven-am-'));
  const url = `http://127.0.0.1:${await freePort()}`;
  const args = [
    `--config.file=${await testConfig(sinkUrl, directory)}`,
    `--storage.path=${join(directory, 'data')}`,
    `--web.listen-address=${url.slice('http://'.length)}`,
    '--cluster.listen-address=',
  ];
  const child = spawn(process.env['ALERTMANAGER'] ?? 'prometheus-alertmanager', args, {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString('utf8')));
  let failure: Error | undefined;
  child.on(
    'error',
    (error) =>
      (failure = new Error('cannot start prometheus-alertmanager (Debian package prometheus-alertmanager)', {
        cause: error,
      })),
  );
  const exited = new Promise<void>((resolve) => child.on('close', () => resolve()));
  await eventually('Alertmanager is ready', async () => {
    if (failure) throw failure;
    if (child.exitCode !== null) throw new Error(`Alertmanager ended: ${log}`);
    return fetch(`${url}/-/ready`).then(
      (response) => (response.ok ? true : undefined),
      () => undefined,
    );
  });
  return {
    post: async (alerts) => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${url}/api/v2/alerts`, { method: 'POST', headers, body: JSON.stringify(alerts) });
      if (!response.ok) throw new Error(`Alertmanager refused: ${response.status} ${await response.text()}`);
    },
    alerts: async () => (await fetch(`${url}/api/v2/alerts`)).json() as Promise<SeenAlert[]>,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
      await rm(directory, { recursive: true, force: true });
    },
  };
}
