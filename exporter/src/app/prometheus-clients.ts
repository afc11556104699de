import { readFileSync } from 'node:fs';
import { Agent, type Dispatcher } from 'undici';
import type { PrometheusConfig } from '../config/schema.ts';
import { createPrometheusClient, type PrometheusClient } from '../watcher/prometheus-client.ts';

/** One client per configured server. Throws when a certificate file cannot be read. */
export function createPrometheusClients(servers: readonly PrometheusConfig[]): readonly PrometheusClient[] {
  return servers.map((server) => {
    const dispatcher = dispatcherOf(server.tls);
    return createPrometheusClient({
      name: server.name,
      url: server.url,
      timeoutMs: server.timeoutSeconds * 1000,
      organizationLabel: server.organizationLabel,
      headers: authorization(server),
      ...(dispatcher === undefined ? {} : { dispatcher }),
    });
  });
}

function authorization({ basicAuth, bearerToken }: PrometheusConfig): Record<string, string> {
  if (bearerToken !== undefined) return { authorization: `Bearer ${bearerToken.reveal()}` };
  if (basicAuth === undefined) return {};
  const pair = `${basicAuth.username}:${basicAuth.password.reveal()}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

function dispatcherOf(tls: PrometheusConfig['tls']): Dispatcher | undefined {
  if (tls === undefined) return undefined;
  const read = (file: string | undefined): string | undefined =>
    file === undefined ? undefined : readFileSync(file, 'utf8');
  const connect = {
    ca: read(tls.caFile),
    cert: read(tls.certFile),
    key: read(tls.keyFile),
    servername: tls.serverName,
    rejectUnauthorized: !tls.insecureSkipVerify,
  };
  return new Agent({ connect: Object.fromEntries(Object.entries(connect).filter(([, value]) => value !== undefined)) });
}
