import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { requireProgram } from './binaries.ts';
import { eventually } from './clock/wait.ts';
import { freePort } from './free-port.ts';
import { httpJson } from './http-json.ts';
import { answersHttp, createWorkFolder, startProcess, type ManagedProcess } from './process.ts';

export interface AlertmanagerOptions {
  /** The whole configuration as YAML text. */
  configYaml: string;
  /** Notification templates: file name → text; they are added to the configuration's `templates`. */
  templates?: Record<string, string>;
  flags?: string[];
}

/** An alert as `GET /api/v2/alerts` shows it. */
export interface AlertmanagerAlert {
  fingerprint: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  /** RFC 3339. */
  startsAt: string;
  endsAt: string;
  receivers: { name: string }[];
  status: {
    state: 'unprocessed' | 'active' | 'suppressed';
    /** Fingerprints of the alerts that mute this one. */
    inhibitedBy: string[];
    silencedBy: string[];
  };
}

/** What a client posts; times are RFC 3339. */
export interface PostableAlert {
  labels: Record<string, string>;
  annotations?: Record<string, string>;
  startsAt?: string;
  endsAt?: string;
}

export interface AlertmanagerServer extends ManagedProcess {
  readonly url: string;
  /** `host:port`, for Prometheus' `alertmanagers`. */
  readonly address: string;
  alerts(): Promise<AlertmanagerAlert[]>;
  postAlerts(alerts: PostableAlert[]): Promise<void>;
  /** Loads a new configuration; throws when Alertmanager refuses it. */
  reload(configYaml: string): Promise<void>;
}

function writeConfig(folder: string, configYaml: string): void {
  const config = parse(configYaml) as { templates?: string[] };
  const templates = [...(config.templates ?? []), path.join(folder, 'templates', '*.tmpl')];
  writeFileSync(path.join(folder, 'alertmanager.yml'), stringify({ ...config, templates }));
}

function writeTemplates(folder: string, templates: Record<string, string>): void {
  mkdirSync(path.join(folder, 'templates'));
  for (const [name, text] of Object.entries(templates)) {
    writeFileSync(path.join(folder, 'templates', name.endsWith('.tmpl') ? name : `${name}.tmpl`), text);
  }
}

async function startNode(options: AlertmanagerOptions, clusterFlags: string[]): Promise<AlertmanagerServer> {
  const { file } = requireProgram('alertmanager');
  const folder = createWorkFolder('alertmanager');
  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  writeTemplates(folder, options.templates ?? {});
  writeConfig(folder, options.configYaml);

  const server = await startProcess({
    name: 'alertmanager',
    file,
    folder,
    args: [
      '--config.file=alertmanager.yml',
      '--storage.path=data',
      `--web.listen-address=${address}`,
      ...clusterFlags,
      ...(options.flags ?? []),
    ],
    ready: answersHttp(`${url}/-/ready`),
  });

  return {
    ...server,
    url,
    address,
    alerts: () => httpJson<AlertmanagerAlert[]>(`${url}/api/v2/alerts`),
    postAlerts: (alerts) =>
      httpJson<undefined>(`${url}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(alerts),
      }),
    reload: async (configYaml) => {
      writeConfig(folder, configYaml);
      await httpJson(`${url}/-/reload`, { method: 'POST' });
    },
  };
}

/** Starts one real Alertmanager without clustering on a free loopback port; `restart` keeps port, silences and log. */
export function startAlertmanager(options: AlertmanagerOptions): Promise<AlertmanagerServer> {
  return startNode(options, ['--cluster.listen-address=']);
}

/**
 * Starts two real Alertmanagers as one HA cluster and waits until each sees the other.
 * The second one holds a notification back for `peerTimeout` (default '2s') and sends it only if the first did not.
 */
export async function startAlertmanagerCluster(
  options: AlertmanagerOptions & { peerTimeout?: string },
): Promise<[AlertmanagerServer, AlertmanagerServer]> {
  const gossip = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  const startMember = (self: number) =>
    startNode(options, [
      `--cluster.listen-address=${gossip[self]}`,
      `--cluster.advertise-address=${gossip[self]}`,
      `--cluster.peer=${gossip[1 - self]}`,
      `--cluster.peer-timeout=${options.peerTimeout ?? '2s'}`,
      '--cluster.gossip-interval=50ms',
      '--cluster.settle-timeout=5s',
    ]);
  const members = await Promise.all([startMember(0), startMember(1)]);
  for (const { url } of members) {
    await eventually(() => seesBoth(url), { timeoutMs: 20_000, what: 'the Alertmanager cluster to settle' });
  }
  return members;
}

async function seesBoth(url: string): Promise<boolean> {
  const { cluster } = await httpJson<{ cluster: { status: string; peers?: unknown[] } }>(`${url}/api/v2/status`);
  return cluster.status === 'ready' && cluster.peers?.length === 2;
}
