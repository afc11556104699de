import type { UnixSeconds } from '../../domain/time.ts';
import type { DeviceView } from '../../fleet/fleet-view.ts';
import type { Cell } from '../core/csv.ts';
import { presentDevice } from './present.ts';

type PresentedDevice = ReturnType<typeof presentDevice>;

/** A cell that would read as "none" when empty says `unknown` instead. */
const known = <T extends Cell>(value: T | null): T | 'unknown' => value ?? 'unknown';

const columns: Readonly<Record<string, (device: PresentedDevice) => Cell>> = {
  id: ({ id }) => id,
  name: ({ name }) => name,
  organization: ({ organization }) => organization,
  site: ({ site }) => site,
  groups: ({ groups }) => groups.join(', '),
  os: ({ os }) => known(os?.name ?? null),
  os_build: ({ os }) => known(os?.build ?? null),
  compliance: ({ compliance }) => compliance.verdict,
  compliance_reasons: ({ compliance }) => compliance.reasons.join(', '),
  missing_critical: ({ missingCritical }) => known(missingCritical),
  oldest_missing_critical_at: ({ oldestMissingCriticalAt }) => oldestMissingCriticalAt,
  failed: ({ failed }) => known(failed),
  last_failure_at: ({ lastFailureAt }) => lastFailureAt,
  reboot_pending: ({ rebootPending }) => known(rebootPending),
  reboot_pending_since: ({ rebootPendingSince }) => rebootPendingSince,
  last_install_at: ({ lastInstall }) => lastInstall?.at ?? null,
  last_install_updates: ({ lastInstall }) => lastInstall?.patches.map(({ id }) => id).join(', ') ?? null,
  last_seen_at: ({ lastSeenAt }) => lastSeenAt,
  last_boot_at: ({ lastBootAt }) => lastBootAt,
  stale: ({ stale }) => stale,
  source: ({ source }) => source,
  identity: ({ identity }) => identity.status,
  instance: ({ identity }) => (identity.status === 'matched' ? identity.instance : null),
};

export const deviceCsvHeader: readonly string[] = Object.keys(columns);

/** The same facts as in JSON; times are RFC 3339 and empty where there is none. */
export function deviceCsvCells(view: DeviceView, now: UnixSeconds): readonly Cell[] {
  const device = presentDevice(view, now);
  return Object.values(columns).map((cellOf) => cellOf(device));
}
