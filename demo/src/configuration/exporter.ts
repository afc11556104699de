import { parse, stringify } from 'yaml';
import { formatDuration } from '../../../exporter/src/config/duration.ts';
import { defaultPolicy } from '../../../exporter/src/domain/policy.ts';

export interface ExporterPlaces {
  readonly factor: number;
  readonly storageUrl: string;
  readonly prometheusUrl: string;
  readonly ninjaUrl: string;
  readonly clientSecretFile: string;
  /** Organization key → the vendor's ids. */
  readonly organizations: readonly { readonly key: string; readonly name: string; readonly vendorIds: string[] }[];
  readonly checks: readonly { readonly name: string; readonly query: string; readonly devices: string[] }[];
}

interface Source {
  id: string;
  options: object;
  [setting: string]: unknown;
}

interface Configuration {
  prometheus: object[];
  sources: Source[];
  checks?: object[];
  [section: string]: unknown;
}

/** Defaults of watcher and NinjaOne connector in seconds; the file leaves them out. */
const defaults = { watcherSeconds: 5, lookupSeconds: 20, snapshotSeconds: 900, eventsSeconds: 30 };

/** The schema refuses lookups shorter than this. */
const shortestLookupSeconds = 1;

/** The delivered configuration of the exporter with our addresses, and the product's own policy, scaled. */
export function rewriteExporter(yamlText: string, places: ExporterPlaces): string {
  const config = parse(yamlText) as Configuration;
  const [source, ...others] = config.sources;
  if (source === undefined || others.length > 0) throw new Error('patchhaven.yaml is expected to have one source');
  const time = (seconds: number): string => formatDuration(seconds * places.factor);
  return stringify({
    ...config,
    storage: { url: places.storageUrl },
    prometheus: [{ ...config.prometheus[0], url: places.prometheusUrl }],
    watcher: {
      interval: time(defaults.watcherSeconds),
      lookup_timeout: formatDuration(Math.max(shortestLookupSeconds, defaults.lookupSeconds * places.factor)),
    },
    policy: scaledPolicy(time),
    sources: [
      {
        ...source,
        interval: time(defaults.snapshotSeconds),
        events_interval: time(defaults.eventsSeconds),
        options: { ...source.options, baseUrl: places.ninjaUrl, clientSecretFile: places.clientSecretFile },
      },
    ],
    organizations: places.organizations.map(({ key, name, vendorIds }) => ({
      key,
      name,
      sources: { [source.id]: vendorIds },
    })),
    checks: [...(config.checks ?? []), ...places.checks],
  });
}

function scaledPolicy(time: (seconds: number) => string): object {
  const { budget, evidence, maintenance, verification, ...policy } = defaultPolicy;
  return {
    budget: { default: time(budget.defaultSeconds), cap: time(budget.capSeconds) },
    context_delay: time(policy.contextDelaySeconds),
    daily_cap: time(policy.dailyCapSeconds),
    clock_skew: time(policy.clockSkewSeconds),
    future_tolerance: time(policy.futureToleranceSeconds),
    evidence: {
      install_started: time(evidence.installStartedSeconds),
      installed: time(evidence.installedSeconds),
      reboot_pending: time(evidence.rebootPendingSeconds),
      reboot_pending_max_age: time(evidence.rebootPendingMaxAgeSeconds),
    },
    maintenance: { after_install: time(maintenance.afterInstallSeconds), cap: time(maintenance.capSeconds) },
    return_stable: time(policy.returnStableSeconds),
    verification: {
      settle: time(verification.settleSeconds),
      interval: time(verification.intervalSeconds),
      rounds: verification.rounds,
    },
  };
}
