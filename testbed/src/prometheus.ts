import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { requireProgram } from './binaries.ts';
import { freePort } from './free-port.ts';
import { httpJson } from './http-json.ts';
import { answersHttp, createWorkFolder, startProcess, type ManagedProcess } from './process.ts';

/** An entry of `scrape_configs`, in Prometheus' own words. */
export interface ScrapeConfig {
  job_name: string;
  [setting: string]: unknown;
}

export interface PrometheusConfig {
  /** Rule files: absolute paths, or the YAML text itself (told apart by a line break). */
  rules?: string[];
  scrapeConfigs?: ScrapeConfig[];
  /** `host:port` of each Alertmanager. */
  alertmanagers?: string[];
  /** Prometheus durations; default '1s' each. */
  scrapeInterval?: string;
  evaluationInterval?: string;
  externalLabels?: Record<string, string>;
}

export interface PrometheusOptions extends PrometheusConfig {
  /** For example `--rules.alert.resend-delay=5s`. */
  flags?: string[];
}

export interface PrometheusAlert {
  labels: Record<string, string>;
  annotations: Record<string, string>;
  state: 'pending' | 'firing';
  /** RFC 3339. */
  activeAt: string;
  value: string;
}

export interface InstantSample {
  labels: Record<string, string>;
  value: number;
}

export interface PrometheusServer extends ManagedProcess {
  readonly url: string;
  /** `host:port`. */
  readonly address: string;
  /** The instant vector of a PromQL expression; a scalar comes as one sample without labels. */
  query(expression: string): Promise<InstantSample[]>;
  /** Active alerts of the rules, pending and firing. */
  alerts(): Promise<PrometheusAlert[]>;
  /** Changes the given parts of the configuration and loads it; throws when Prometheus refuses it. */
  reload(changes?: PrometheusConfig): Promise<void>;
}

interface QueryAnswer {
  data: {
    resultType: 'vector' | 'scalar' | 'matrix' | 'string';
    result: { metric: Record<string, string>; value: [number, string] }[] | [number, string];
  };
}

function ruleFile(folder: string, rule: string, index: number): string {
  if (!rule.includes('\n')) return path.resolve(rule);
  const file = path.join(folder, `rules-${index}.yaml`);
  writeFileSync(file, rule);
  return file;
}

function writeConfig(folder: string, config: PrometheusConfig): void {
  const document = {
    global: {
      scrape_interval: config.scrapeInterval ?? '1s',
      scrape_timeout: config.scrapeInterval ?? '1s',
      evaluation_interval: config.evaluationInterval ?? '1s',
      external_labels: config.externalLabels ?? {},
    },
    rule_files: (config.rules ?? []).map((rule, index) => ruleFile(folder, rule, index)),
    scrape_configs: config.scrapeConfigs ?? [],
    alerting: { alertmanagers: [{ static_configs: [{ targets: config.alertmanagers ?? [] }] }] },
  };
  writeFileSync(path.join(folder, 'prometheus.yml'), stringify(document));
}

function toSamples({ data }: QueryAnswer): InstantSample[] {
  if (data.resultType === 'scalar') return [{ labels: {}, value: Number(data.result[1]) }];
  if (data.resultType !== 'vector') throw new Error(`an instant vector was expected, not a ${data.resultType}`);
  return (data.result as { metric: Record<string, string>; value: [number, string] }[]).map(({ metric, value }) => ({
    labels: metric,
    value: Number(value[1]),
  }));
}

/** Starts the real Prometheus on a free loopback port; `restart` keeps port and data. */
export async function startPrometheus(options: PrometheusOptions = {}): Promise<PrometheusServer> {
  const { file } = requireProgram('prometheus');
  const { flags = [], ...initial } = options;
  const folder = createWorkFolder('prometheus');
  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  let config: PrometheusConfig = initial;
  writeConfig(folder, config);

  const server = await startProcess({
    name: 'prometheus',
    file,
    folder,
    args: [
      '--config.file=prometheus.yml',
      `--web.listen-address=${address}`,
      '--web.enable-lifecycle',
      '--storage.tsdb.path=data',
      ...flags,
    ],
    ready: answersHttp(`${url}/-/ready`),
  });

  return {
    ...server,
    url,
    address,
    query: async (expression) =>
      toSamples(await httpJson<QueryAnswer>(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`)),
    alerts: async () => (await httpJson<{ data: { alerts: PrometheusAlert[] } }>(`${url}/api/v1/alerts`)).data.alerts,
    reload: async (changes = {}) => {
      config = { ...config, ...changes };
      writeConfig(folder, config);
      const response = await fetch(`${url}/-/reload`, { method: 'POST', signal: AbortSignal.timeout(10_000) });
      if (!response.ok) throw new Error(`prometheus refused the configuration: ${await response.text()}`);
    },
  };
}
