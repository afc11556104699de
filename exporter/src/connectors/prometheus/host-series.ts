import type { UnixSeconds } from '../../domain/time.ts';
import type { ReadCounters } from '../tally.ts';
import { plausible } from '../vendor-time.ts';
import type { Sample } from './api-schema.ts';

/** Every metric that is read of a host, by the exporter or script that writes it. */
export const factNames = [
  // node_exporter and the community's textfile scripts (apt_info.py, apt.sh, yum.sh)
  'node_uname_info',
  'node_os_info',
  'node_boot_time_seconds',
  'node_textfile_mtime_seconds',
  'node_textfile_scrape_error',
  'node_reboot_required',
  'apt_upgrades_pending',
  'apt_upgrades_held',
  'apt_package_cache_timestamp_seconds',
  'yum_upgrades_pending',
  'dnf_upgrades_pending',
  // windows_exporter: names before and after 0.31
  'windows_os_info',
  'windows_os_hostname',
  'windows_cs_hostname',
  'windows_system_boot_time_timestamp_seconds',
  'windows_system_boot_time_timestamp',
  'windows_system_system_up_time',
  'windows_textfile_mtime_seconds',
  'windows_textfile_scrape_error',
  'windows_update_pending_info',
  'windows_updates_pending_info',
  'windows_update_scrape_timestamp_seconds',
  'windows_updates_scrape_timestamp_seconds',
  // our own agents
  'patchhaven_host_generated_timestamp_seconds',
  'patchhaven_host_info',
  'patchhaven_host_check_success',
  'patchhaven_host_update_info',
  'patchhaven_host_updates_unlisted',
  'patchhaven_host_metadata_timestamp_seconds',
  'patchhaven_host_boot_timestamp_seconds',
  'patchhaven_host_reboot_required',
  'patchhaven_host_installed_timestamp_seconds',
] as const;
export type FactName = (typeof factNames)[number];

/** The series of one host, by metric. */
export class HostSeries {
  readonly #byName = new Map<string, Sample[]>();

  add(sample: Sample): void {
    const name = sample.labels['__name__'] ?? '';
    const known = this.#byName.get(name);
    if (known === undefined) this.#byName.set(name, [sample]);
    else known.push(sample);
  }

  all(...names: readonly FactName[]): readonly Sample[] {
    return names.flatMap((name) => this.#byName.get(name) ?? []);
  }

  /** The value of the first of these metrics; undefined also where two series of it disagree. */
  value(...names: readonly FactName[]): number | undefined {
    for (const name of names) {
      const values = new Set(this.all(name).map(({ value }) => value));
      const [only] = values;
      if (values.size > 0) return values.size === 1 ? only : undefined;
    }
    return undefined;
  }

  time(...names: readonly FactName[]): UnixSeconds | undefined {
    return plausible(this.value(...names));
  }

  label(name: FactName, label: string): string | undefined {
    const text = this.all(name)[0]?.labels[label]?.trim();
    return text === undefined || text === '' || text === '(none)' ? undefined : text;
  }
}

/** What one host is read with. */
export interface HostContext {
  readonly series: HostSeries;
  /** The moment all was asked about. */
  readonly at: UnixSeconds;
  readonly maxFactAgeSeconds: number;
  readonly maxMetadataAgeSeconds: number;
  readonly counters: ReadCounters;
}

const clockSkewSeconds = 300;

/**
 * When a textfile was written, by the names of its files. A script that died leaves its last file behind, so of several
 * files the oldest counts, and values without a file of a known age count for nothing. Undefined = not to be believed.
 */
export function textfileWrittenAt(host: HostContext, file: RegExp): UnixSeconds | undefined {
  const { series, counters } = host;
  if (series.all('node_textfile_scrape_error', 'windows_textfile_scrape_error').some(({ value }) => value !== 0)) {
    counters.dropped.add('textfile.scrape_error');
    return undefined;
  }
  const written = series
    .all('node_textfile_mtime_seconds', 'windows_textfile_mtime_seconds')
    .filter(({ labels }) => file.test((labels['file'] ?? '').split(/[\\/]/).at(-1) ?? ''))
    .map(({ value }) => value);
  if (written.length === 0) {
    counters.dropped.add('textfile.unknown_age');
    return undefined;
  }
  return Math.min(...written);
}

/** Is what was said then still evidence now? */
export function isFresh(saidAt: UnixSeconds | undefined, { at, maxFactAgeSeconds }: HostContext): saidAt is number {
  return saidAt !== undefined && at - saidAt <= maxFactAgeSeconds && saidAt - at <= clockSkewSeconds;
}
