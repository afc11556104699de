import type { Capabilities } from '../domain/capabilities.ts';
import type { SourceFreshness } from '../domain/evidence.ts';
import type { UnixSeconds } from '../domain/time.ts';
import type { CollectionRun } from '../store/patch-store.ts';
import type { SourceStatus } from './fleet-view.ts';

export interface SourceDeclaration {
  readonly id: string;
  readonly type: string;
  readonly capabilities: Capabilities;
  /** Absent for sources that push. */
  readonly snapshotIntervalSeconds?: number;
  readonly eventsIntervalSeconds?: number;
}

interface Row {
  declaration: SourceDeclaration;
  up: boolean | undefined;
  readAt: UnixSeconds | undefined;
  contactAt: UnixSeconds | undefined;
  attemptAt: UnixSeconds | undefined;
  errorKind: string | undefined;
  errorMessage: string | undefined;
  reading: SourceStatus['reading'];
  /** Made when it is asked for: that is for each device, and it changes with a run. */
  freshness: SourceFreshness | undefined;
}

/** What is known about each source right now: how fresh it is, what went wrong, how far a read has come. */
export class SourceBoard {
  readonly #rows = new Map<string, Row>();

  declare(declarations: readonly SourceDeclaration[]): void {
    const kept = new Set(declarations.map((declaration) => declaration.id));
    for (const id of this.#rows.keys()) if (!kept.has(id)) this.#rows.delete(id);
    for (const declaration of declarations) {
      const row = this.#rows.get(declaration.id);
      if (row === undefined) this.#rows.set(declaration.id, emptyRow(declaration));
      else {
        row.declaration = declaration;
        row.freshness = undefined;
      }
    }
  }

  /** Takes over the end of a run; only a success moves the freshness. */
  recordRun(run: CollectionRun): void {
    const row = this.#rows.get(run.source);
    if (row === undefined) return;
    row.freshness = undefined;
    row.attemptAt = Math.max(row.attemptAt ?? 0, run.endedAt);
    if (run.kind !== 'lookup') row.up = run.ok;
    if (!run.ok) {
      row.errorKind = run.reason;
      row.errorMessage = run.message;
      return;
    }
    row.contactAt = Math.max(row.contactAt ?? 0, run.endedAt);
    if (run.kind === 'snapshot') row.readAt = Math.max(row.readAt ?? 0, run.startedAt);
    row.errorKind = undefined;
    row.errorMessage = undefined;
  }

  /** How far a complete read has come; undefined: none is under way. */
  setReading(source: string, reading: SourceStatus['reading']): void {
    const row = this.#rows.get(source);
    if (row !== undefined) row.reading = reading;
  }

  /** A source nobody declared (removed from the configuration) is never fresh. */
  freshness(source: string): SourceFreshness {
    const row = this.#rows.get(source);
    if (row === undefined) return pushers.has(source) ? pushed : undeclared;
    row.freshness ??= freshnessOf(row);
    return row.freshness;
  }

  statuses(devicesOf: (source: string) => number): readonly SourceStatus[] {
    return [...this.#rows.values()].map((row) => ({
      id: row.declaration.id,
      type: row.declaration.type,
      capabilities: row.declaration.capabilities,
      ...(row.up === undefined ? {} : { up: row.up }),
      ...(row.readAt === undefined ? {} : { lastSuccessAt: row.readAt }),
      ...(row.attemptAt === undefined ? {} : { lastAttemptAt: row.attemptAt }),
      ...(row.errorKind === undefined ? {} : { lastErrorKind: row.errorKind }),
      ...(row.errorMessage === undefined ? {} : { lastErrorMessage: row.errorMessage }),
      devices: devicesOf(row.declaration.id),
      intervalSeconds: row.declaration.snapshotIntervalSeconds ?? 0,
      ...(row.reading === undefined ? {} : { reading: row.reading }),
    }));
  }
}

/** Source id of windows that operators plan over the API: their word depends on no vendor. */
export const operatorSource = 'patchhaven';
/** Source id of everything that is posted, whoever's device it is about: the RMM did not say it. */
export const apiSource = 'api';
/** Source id of windows that configured schedules plan. */
export const scheduleSource = 'schedule';
const pushers: ReadonlySet<string> = new Set([operatorSource, apiSource, scheduleSource]);
/** A plan of these and the window that comes of it are one thing, with one id, to whoever wants to end it. */
export const plannerSources: ReadonlySet<string> = new Set([operatorSource, scheduleSource]);

function emptyRow(declaration: SourceDeclaration): Row {
  return {
    declaration,
    up: undefined,
    readAt: undefined,
    contactAt: undefined,
    attemptAt: undefined,
    errorKind: undefined,
    errorMessage: undefined,
    reading: undefined,
    freshness: undefined,
  };
}

const pushed: SourceFreshness = {};
const undeclared: SourceFreshness = { contactIntervalSeconds: 0 };

function freshnessOf({ declaration, readAt, contactAt }: Row): SourceFreshness {
  const { snapshotIntervalSeconds, eventsIntervalSeconds } = declaration;
  const intervals = [snapshotIntervalSeconds, eventsIntervalSeconds].filter((seconds) => seconds !== undefined);
  return {
    ...(readAt === undefined ? {} : { readAt }),
    ...(contactAt === undefined ? {} : { contactAt }),
    ...(snapshotIntervalSeconds === undefined ? {} : { snapshotIntervalSeconds }),
    ...(intervals.length === 0 ? {} : { contactIntervalSeconds: Math.min(...intervals) }),
  };
}
