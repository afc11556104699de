import type { DevicePatch, PatchKind, PatchSeverity } from '../../domain/patch.ts';
import { plausible } from '../vendor-time.ts';
import type { Sample } from './api-schema.ts';
import { doubt, metadataDoubt } from './agent-facts.ts';
import { isFresh, textfileWrittenAt, type FactName, type HostContext } from './host-series.ts';

/** windows_exporter looks every 6 hours by default; after two missed looks nobody knows. */
const maxWindowsSearchAgeSeconds = 18 * 3600;

const severities: Readonly<Record<string, PatchSeverity>> = {
  '': 'unspecified',
  critical: 'critical',
  important: 'important',
  moderate: 'moderate',
  low: 'low',
  unspecified: 'unspecified',
};

const kinds: readonly (readonly [RegExp, PatchKind])[] = [
  [/definition/i, 'definition'],
  [/security/i, 'security'],
  [/rollup/i, 'rollup'],
  [/driver/i, 'driver'],
  [/upgrade|feature/i, 'feature'],
];

/**
 * Single updates out of windows_exporter's `update` collector. Undefined where it does not run. It lists only what is
 * missing: it knows no failures, no installs and no pending reboot.
 */
export function windowsPatches(host: HostContext): readonly DevicePatch[] | undefined {
  const { series, at, counters } = host;
  const lookedAt = series.value('windows_update_scrape_timestamp_seconds', 'windows_updates_scrape_timestamp_seconds');
  if (lookedAt === undefined) return undefined;
  if (plausible(lookedAt) === undefined || at - lookedAt > maxWindowsSearchAgeSeconds) {
    counters.dropped.add('windows_update.stale');
    return undefined;
  }
  return series.all('windows_update_pending_info', 'windows_updates_pending_info').map(({ labels }) => {
    const title = labels['title']?.trim() ?? '';
    const word = labels['severity']?.trim().toLowerCase() ?? '';
    const severity = Object.hasOwn(severities, word) ? severities[word] : undefined;
    if (severity === undefined) counters.unknownWords.add('patch.severity');
    const number = /\bKB(\d{5,8})\b/i.exec(title)?.[1];
    const id = number === undefined ? title : `KB${number}`;
    return {
      id: id === '' ? 'unnamed' : id,
      title: title === '' ? 'An update without a title' : title,
      severity: severity ?? 'unspecified',
      kind: kinds.find(([pattern]) => pattern.test(labels['category'] ?? ''))?.[1] ?? 'other',
      status: 'missing',
    };
  });
}

const managers: readonly { readonly name: string; readonly pending: FactName; readonly file: RegExp }[] = [
  { name: 'apt', pending: 'apt_upgrades_pending', file: /apt/i },
  { name: 'yum', pending: 'yum_upgrades_pending', file: /yum|dnf/i },
  { name: 'dnf', pending: 'dnf_upgrades_pending', file: /yum|dnf/i },
];

/**
 * Counters of the community's textfile scripts: one row per origin, no single updates. These scripts print a zero also
 * when their package manager failed, so nothing here makes a host patched but apt_info.py with fresh package lists.
 */
export function countedPatches(host: HostContext): readonly DevicePatch[] | undefined {
  const { series, counters } = host;
  for (const { name, pending, file } of managers) {
    const samples = series.all(pending);
    if (samples.length === 0) continue;
    if (!isFresh(textfileWrittenAt(host, file), host)) {
      counters.dropped.add('textfile.stale');
      return undefined;
    }
    const rows = samples.flatMap((sample) => toRow(name, sample));
    const stale =
      name === 'apt'
        ? metadataDoubt(series.time('apt_package_cache_timestamp_seconds'), host)
        : rows.length === 0
          ? doubt('updates-unknown', `${name} counts no updates, which it also does when it fails`)
          : undefined;
    return stale === undefined ? rows : [...rows, stale];
  }
  return undefined;
}

function toRow(manager: string, { labels, value }: Sample): DevicePatch[] {
  if (value <= 0) return [];
  const origin = labels['origin']?.trim() ?? '';
  const place = [origin, labels['arch'] ?? ''].filter((text) => text !== '').join(' ');
  return [
    {
      id: `${manager}:${place === '' ? 'all' : place}`,
      title: `${String(value)} ${value === 1 ? 'update' : 'updates'} from ${place === '' ? manager : place}`,
      severity: 'unspecified',
      kind: /security|esm/i.test(origin) ? 'security' : 'software',
      status: 'missing',
    },
  ];
}
