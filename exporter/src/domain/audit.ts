import { openStatuses, type PatchSeverity, type PatchStatus } from './patch.ts';
import type { UnixSeconds } from './time.ts';

/** What can be wrong with a device, worst first. `unknown` is no finding and never clean either. */
export const troubles = ['exploited', 'failed', 'overdue', 'restart', 'missing', 'unknown'] as const;
export type Trouble = (typeof troubles)[number];

/** Seconds an update of a severity may stay missing. */
export type Sla = ReadonlyMap<PatchSeverity, number>;

export interface AuditedPatch {
  readonly id: string;
  readonly title: string;
  readonly severity: PatchSeverity;
  readonly status: PatchStatus;
  /** Undefined: nobody knows since when it is open. */
  readonly firstSeenAt: UnixSeconds | undefined;
}

/** A device or this host, as far as it is known; `undefined` = unknown, never none. */
export interface AuditedDevice {
  readonly id: string;
  readonly organization: string;
  readonly site: string | undefined;
  readonly groups: readonly string[];
  readonly name: string;
  /** Open updates; undefined = nobody says. */
  readonly open: readonly AuditedPatch[] | undefined;
  readonly rebootPending: boolean | undefined;
  readonly rebootPendingSince: UnixSeconds | undefined;
  /** Why nothing definite can be said about it; empty = it can. */
  readonly doubts: readonly string[];
}

export interface AuditRow {
  readonly device: string;
  readonly organization: string;
  readonly site: string | null;
  readonly groups: readonly string[];
  readonly name: string;
  /** All that is wrong, worst first; empty = clean. */
  readonly troubles: readonly Trouble[];
  readonly missing: number | null;
  readonly missingCritical: number | null;
  readonly failed: number | null;
  readonly overdue: number | null;
  readonly restart: boolean | null;
  /** Days the oldest open update has been open. */
  readonly oldestDays: number | null;
  /** Known exploited CVEs that an open update fixes; null = no list was given, or updates are unknown. */
  readonly exploited: readonly string[] | null;
  readonly reasons: readonly string[];
}

/** CVE ids out of the list that this update fixes. */
export type Exploited = (patch: AuditedPatch) => readonly string[];

const daySeconds = 86_400;

/** Judges one device. Pure. `exploited` undefined = no list was given. */
export function judge(
  device: AuditedDevice,
  sla: Sla,
  exploited: Exploited | undefined,
  wanted: ReadonlySet<Trouble>,
  now: UnixSeconds,
): AuditRow {
  const { open } = device;
  const missing = open?.filter(
    ({ status }) => status === 'missing' || status === 'approved' || status === 'installing',
  );
  const failed = open?.filter(({ status }) => status === 'failed');
  const overdue = open?.filter((patch) => isOverdue(patch, sla, now));
  const cves = exploited === undefined ? undefined : open && [...new Set(open.flatMap(exploited))].sort();
  const unnamed = open?.filter(({ status }) => status === 'unknown') ?? [];
  const ageless = open?.filter(({ severity, firstSeenAt }) => sla.has(severity) && firstSeenAt === undefined) ?? [];
  const doubts = [
    ...device.doubts,
    ...unnamed.map(({ title }) => title),
    ...(ageless.length > 0 ? [`nobody knows since when these are open: ${names(ageless)}`] : []),
  ];
  const found: Readonly<Record<Trouble, boolean>> = {
    exploited: (cves?.length ?? 0) > 0,
    failed: (failed?.length ?? 0) > 0,
    overdue: (overdue?.length ?? 0) > 0,
    restart: device.rebootPending === true,
    missing: (missing?.length ?? 0) > 0,
    unknown: open === undefined || doubts.length > 0,
  };
  const ages = (open ?? []).flatMap(({ firstSeenAt }) => (firstSeenAt === undefined ? [] : [now - firstSeenAt]));
  const days = (seconds: number): number => Math.max(0, Math.floor(seconds / daySeconds));
  const named = (what: string, patches: readonly AuditedPatch[] | undefined): string[] =>
    (patches ?? []).length === 0 ? [] : [`${what} ${names(patches ?? [])}`];
  const since = device.rebootPendingSince;
  return {
    device: device.id,
    organization: device.organization,
    site: device.site ?? null,
    groups: device.groups,
    name: device.name,
    troubles: troubles.filter((trouble) => found[trouble] && wanted.has(trouble)),
    missing: missing?.length ?? null,
    missingCritical: open?.filter(({ severity }) => severity === 'critical').length ?? null,
    failed: failed?.length ?? null,
    overdue: overdue === undefined || (overdue.length === 0 && ageless.length > 0) ? null : overdue.length,
    restart: device.rebootPending ?? null,
    oldestDays: ages.length === 0 ? null : days(Math.max(...ages)),
    exploited: cves ?? null,
    reasons: [
      ...(cves !== undefined && cves.length > 0 ? [`exploited: ${cves.join(' ')}`] : []),
      ...named('failed:', failed),
      ...named('past its SLA:', overdue),
      ...(found.restart
        ? [since === undefined ? 'waits for a restart' : `waits for a restart since ${age(days(now - since))}`]
        : []),
      ...named(
        'missing:',
        missing?.filter((patch) => overdue?.includes(patch) !== true),
      ),
      ...(open === undefined && doubts.length === 0 ? ['nobody says anything about its updates'] : []),
      ...new Set(doubts),
    ],
  };
}

export function isOverdue({ severity, status, firstSeenAt }: AuditedPatch, sla: Sla, now: UnixSeconds): boolean {
  const limit = sla.get(severity);
  return limit !== undefined && openStatuses.has(status) && firstSeenAt !== undefined && now - firstSeenAt > limit;
}

function age(days: number): string {
  return days === 0 ? 'today' : `${String(days)} ${days === 1 ? 'day' : 'days'}`;
}

const maxNamed = 3;

function names(patches: readonly AuditedPatch[]): string {
  const ids = patches.map(({ id }) => id);
  const rest = ids.length - maxNamed;
  return rest > 0 ? `${ids.slice(0, maxNamed).join(', ')} +${String(rest)}` : ids.join(', ');
}

/** Worst trouble first, then the number of overdue, failed and missing updates, then the oldest, then the name. */
export function byTrouble(a: AuditRow, b: AuditRow): number {
  const rank = ({ troubles: [worst] }: AuditRow): number =>
    worst === undefined ? troubles.length : troubles.indexOf(worst);
  return (
    rank(a) - rank(b) ||
    (b.overdue ?? 0) - (a.overdue ?? 0) ||
    (b.failed ?? 0) - (a.failed ?? 0) ||
    (b.missingCritical ?? 0) - (a.missingCritical ?? 0) ||
    (b.missing ?? 0) - (a.missing ?? 0) ||
    (b.oldestDays ?? 0) - (a.oldestDays ?? 0) ||
    (a.device < b.device ? -1 : 1)
  );
}

export const groupings = ['organization', 'site', 'group'] as const;
export type Grouping = (typeof groupings)[number];

export interface GroupRow extends Readonly<Record<Trouble, number>> {
  readonly name: string;
  readonly devices: number;
  readonly clean: number;
}

/** Devices by what is wrong with them; a device in several groups counts in each. */
export function sumBy(rows: readonly AuditRow[], by: Grouping): readonly GroupRow[] {
  const members = new Map<string, AuditRow[]>();
  for (const row of rows) for (const name of namesFor(row, by)) members.set(name, [...(members.get(name) ?? []), row]);
  return [...members]
    .map(([name, all]) => ({ name, ...count(all) }))
    .sort((a, b) => b.devices - b.clean - (a.devices - a.clean) || (a.name < b.name ? -1 : 1));
}

export function count(rows: readonly AuditRow[]): Omit<GroupRow, 'name'> {
  const having = (trouble: Trouble): number => rows.filter((row) => row.troubles.includes(trouble)).length;
  const sums = Object.fromEntries(troubles.map((trouble) => [trouble, having(trouble)])) as Record<Trouble, number>;
  return { devices: rows.length, clean: rows.filter(({ troubles: all }) => all.length === 0).length, ...sums };
}

function namesFor({ organization, site, groups }: AuditRow, by: Grouping): readonly string[] {
  if (by === 'organization') return [organization];
  if (by === 'site') return [`${organization} / ${site ?? '(no site)'}`];
  return groups.length === 0 ? ['(no group)'] : groups;
}
