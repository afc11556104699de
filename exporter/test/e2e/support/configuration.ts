import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { scaleRules } from '../../../../alert-rules/src/scale.ts';
import type { ScrapeConfig } from '../../../../testbed/src/index.ts';
import { staticConfig, type StackDevice } from './devices.ts';
import type { ExporterProcess } from './exporter-process.ts';
import { factor, scaled } from './scale.ts';

const alertRules = new URL('../../../../alert-rules/', import.meta.url);

/** A down-alert of the user's own, as the README tells users to opt in: same wait as ours, one label more. */
const usersOwnRule = `
groups:
  - name: users-own
    interval: 15s
    rules:
      - alert: UsersOwnDown
        expr: up{job="node", instance=~"own.*"} == 0
        for: 2m
        labels: { severity: critical, patch_aware: down }
        annotations: { summary: '{{ $labels.instance }} is down, says the user' }
`;

/** The delivered rules, every one of them, and one of a user's. */
export function scaledRules(): string[] {
  const folder = new URL('rules/', alertRules);
  const delivered = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  return [...delivered.map((name) => readFileSync(new URL(name, folder), 'utf8')), usersOwnRule].map((text) =>
    scaleRules(text, factor),
  );
}

/** Each exporter is a target of its own, told apart by `replica`, as the delivered prometheus.yml says. */
export function scrapeConfigs(devices: readonly StackDevice[], exporters: readonly ExporterProcess[]): ScrapeConfig[] {
  return [
    ...(['node', 'windows'] as const).map((flavour) => ({
      job_name: flavour,
      static_configs: devices.filter(({ spec }) => (spec.flavour ?? 'node') === flavour).map(staticConfig),
    })),
    ...exporters.map(({ address, tokens }, index) => ({
      job_name: index === 0 ? 'patchhaven' : `patchhaven-${String(index)}`,
      honor_labels: true,
      authorization: { credentials: tokens.scraper },
      static_configs: [{ targets: [address], labels: { replica: String(index) } }],
      relabel_configs: [{ target_label: 'job', replacement: 'patchhaven' }],
    })),
  ];
}

interface AlertmanagerConfig {
  route: { routes: Record<string, unknown>[] } & Record<string, unknown>;
  inhibit_rules: unknown;
  receivers: { name: string; pagerduty_configs?: Record<string, unknown>[] }[];
}

/** The delivered configuration: only timers, addresses and secrets are replaced, and chat receivers lose their hooks. */
export function alertmanagerConfig(enqueueUrl: string): AlertmanagerConfig {
  const config = parse(
    readFileSync(new URL('alertmanager/alertmanager.yml', alertRules), 'utf8'),
  ) as AlertmanagerConfig;
  const timers = {
    group_wait: `${String(scaled.groupWaitSeconds)}s`,
    group_interval: `${String(scaled.groupIntervalSeconds)}s`,
  };
  Object.assign(config.route, timers);
  for (const route of config.route.routes) Object.assign(route, timers);
  const { receivers, ...rest } = config;
  return {
    ...rest,
    receivers: receivers.map(({ name, pagerduty_configs: delivered = [] }) => {
      if (delivered.length === 0) return { name };
      const pagerduty = delivered.map(({ routing_key_file: _file, ...others }) => ({
        ...others,
        routing_key: '0123456789abcdef0123456789abcdef',
        url: enqueueUrl,
      }));
      return { name, pagerduty_configs: pagerduty };
    }),
  };
}

export const alertmanagerTemplates = {
  patchhaven: readFileSync(new URL('alertmanager/patchhaven.tmpl', alertRules), 'utf8'),
};

export interface ExporterConfigOptions {
  readonly storageUrl: string;
  readonly prometheusUrl: string;
  readonly inventoryFolder: string;
  readonly devices: readonly StackDevice[];
  /** More sources, in the words of the configuration. */
  readonly sources: readonly object[];
  readonly organizations: readonly object[];
}

/** The product's own defaults at our scale. */
export function exporterConfig(options: ExporterConfigOptions): object {
  return {
    storage: { url: options.storageUrl },
    prometheus: [{ name: 'main', url: options.prometheusUrl, timeout: '5s' }],
    watcher: { interval: '500ms', lookup_timeout: '2s', down_alerts: ['HostDown'], jobs: ['node', 'windows'] },
    policy: {
      context_delay: `${String(scaled.downForSeconds)}s`,
      clock_skew: '1s',
      future_tolerance: '10s',
      return_stable: '2s',
      budget: {
        default: `${String(scaled.budgetSeconds)}s`,
        devices: Object.fromEntries(
          options.devices.flatMap(({ instance, spec }) =>
            spec.budgetSeconds === undefined ? [] : [[instance, `${String(spec.budgetSeconds)}s`]],
          ),
        ),
      },
      verification: { settle: '3s', interval: '1s', rounds: 2 },
    },
    checks: [
      {
        name: 'nginx',
        query: 'node_systemd_unit_state{instance="{{instance}}", name="nginx.service", state="active"}',
        groups: ['web'],
      },
      // Prometheus scrapes no service of theirs: the RMM has to say.
      { name: 'spooler', services: { windows: ['Spooler'] }, devices: ['proved01', 'sick01'] },
    ],
    identity: { discovery: { interval: '10s', jobs: ['node', 'windows'] } },
    organizations: options.organizations,
    // Many stories share one token.
    api: { rate_limit: { requests_per_second: 1000, burst: 1000 } },
    sources: [
      { id: 'inventory', type: 'file', interval: '10s', options: { directory: options.inventoryFolder } },
      ...options.sources,
    ],
  };
}
