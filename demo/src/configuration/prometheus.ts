import { parse } from 'yaml';
import { scaleDuration } from '../../../alert-rules/src/scale.ts';
import type { ScrapeConfig } from '../../../testbed/src/index.ts';

export interface PrometheusPlaces {
  readonly factor: number;
  /** `host:port`. */
  readonly exporterAddress: string;
  readonly tokenFile: string;
  /** Instance, as the exporter names it, to the address where that machine really listens. */
  readonly targets: ReadonlyMap<string, string>;
}

export interface ScaledPrometheus {
  readonly scrapeInterval: string;
  readonly evaluationInterval: string;
  readonly scrapeConfigs: ScrapeConfig[];
}

interface Authorization {
  type?: string;
  credentials_file: string;
}

interface Discovery {
  url: string;
  authorization?: Authorization;
  refresh_interval: string;
  [setting: string]: unknown;
}

interface Job {
  job_name: string;
  authorization?: Authorization;
  http_sd_configs?: Discovery[];
  static_configs?: { targets: string[] }[];
  relabel_configs?: object[];
  [setting: string]: unknown;
}

interface Configuration {
  global: { scrape_interval: string; evaluation_interval: string };
  scrape_configs: Job[];
}

/** Ping wants raw sockets and the blackbox exporter; the other two programs watch themselves only. */
const jobs = new Set(['patchhaven', 'node', 'windows']);

const exporterHost = 'patchhaven:9725';

/** The delivered scrape jobs: same discovery, same relabelling, other addresses and shorter intervals. */
export function rewritePrometheus(yamlText: string, places: PrometheusPlaces): ScaledPrometheus {
  const { global, scrape_configs: all } = parse(yamlText) as Configuration;
  const kept = all.filter((job) => jobs.has(job.job_name));
  const missing = [...jobs].filter((name) => !kept.some((job) => job.job_name === name));
  if (missing.length > 0) throw new Error(`prometheus.yml has no job ${missing.join(', ')}`);
  return {
    scrapeInterval: scaleDuration(global.scrape_interval, places.factor),
    evaluationInterval: scaleDuration(global.evaluation_interval, places.factor),
    scrapeConfigs: kept.map((job) => rewriteJob(job, places)),
  };
}

function rewriteJob(job: Job, places: PrometheusPlaces): ScrapeConfig {
  const withOurToken = (delivered: Authorization | undefined) =>
    delivered === undefined ? {} : { authorization: { ...delivered, credentials_file: places.tokenFile } };
  const { http_sd_configs: discoveries, static_configs: fixed } = job;
  return {
    ...job,
    ...withOurToken(job.authorization),
    ...(fixed === undefined ? {} : { static_configs: fixed.map((entry) => toExporter(entry, places)) }),
    ...(discoveries === undefined
      ? {}
      : {
          http_sd_configs: discoveries.map((discovery) => ({
            ...discovery,
            url: discovery.url.replace(exporterHost, places.exporterAddress),
            refresh_interval: scaleDuration(discovery.refresh_interval, places.factor),
            ...withOurToken(discovery.authorization),
          })),
          relabel_configs: [...(job.relabel_configs ?? []), ...toRealAddresses(places.targets)],
        }),
  };
}

function toExporter(entry: { targets: string[] }, { exporterAddress }: PrometheusPlaces) {
  return { ...entry, targets: entry.targets.map((target) => target.replace(exporterHost, exporterAddress)) };
}

/** Names do not resolve here: the address is replaced, and `instance` keeps the name it would have had. */
function toRealAddresses(targets: PrometheusPlaces['targets']): object[] {
  return [
    { source_labels: ['__address__'], target_label: 'instance' },
    ...[...targets].map(([instance, address]) => ({
      source_labels: ['__address__'],
      regex: instance.replace(/[.]/g, '\\.'),
      target_label: '__address__',
      replacement: address,
    })),
  ];
}
