import type { LabelSet } from '../promql/labels.ts';

/** What a receiver was last told about one group. */
export interface LogEntry {
  readonly firing: ReadonlySet<LabelSet>;
  readonly resolved: ReadonlySet<LabelSet>;
  readonly atMs: number;
  readonly expiresAtMs: number;
}

const RETENTION_MS = 120 * 3_600_000;
const MAINTENANCE_MS = 15 * 60_000;

/** Survives a clean restart; after a crash only what the last 15-minute maintenance had written is left. */
export class NotificationLog {
  #entries = new Map<string, LogEntry>();
  #onDisk = new Map<string, LogEntry>();
  #nextMaintenanceMs = Infinity;

  start(atMs: number): void {
    this.#nextMaintenanceMs = atMs + MAINTENANCE_MS;
  }

  stop(isCrash: boolean): void {
    if (isCrash) this.#entries = new Map(this.#onDisk);
    else this.#onDisk = new Map(this.#entries);
  }

  nextMaintenanceMs(): number {
    return this.#nextMaintenanceMs;
  }

  maintain(atMs: number): void {
    this.#nextMaintenanceMs += MAINTENANCE_MS;
    for (const [key, entry] of this.#entries) if (entry.expiresAtMs <= atMs) this.#entries.delete(key);
    this.#onDisk = new Map(this.#entries);
  }

  get(key: string): LogEntry | undefined {
    return this.#entries.get(key);
  }

  /** Entries live for twice the repeat interval, at most 120 h. */
  record(key: string, entry: Omit<LogEntry, 'expiresAtMs'>, repeatIntervalMs: number): void {
    const lifeMs = Math.min(2 * repeatIntervalMs, RETENTION_MS);
    this.#entries.set(key, { ...entry, expiresAtMs: entry.atMs + lifeMs });
  }
}

/** Whether a flush of these alerts has news for the receiver. Source: alertmanager notify/notify.go `needsUpdate`, 0.25. */
export function needsNotification(
  entry: LogEntry | undefined,
  firing: ReadonlySet<LabelSet>,
  resolved: ReadonlySet<LabelSet>,
  options: { sendsResolved: boolean; repeatIntervalMs: number; atMs: number },
): boolean {
  if (entry === undefined) return firing.size > 0;
  if (!isSubset(firing, entry.firing)) return true;
  if (firing.size === 0) return entry.firing.size > 0;
  if (options.sendsResolved && !isSubset(resolved, entry.resolved)) return true;
  return entry.atMs < options.atMs - options.repeatIntervalMs;
}

function isSubset(subset: ReadonlySet<LabelSet>, set: ReadonlySet<LabelSet>): boolean {
  for (const labels of subset) if (!set.has(labels)) return false;
  return true;
}
