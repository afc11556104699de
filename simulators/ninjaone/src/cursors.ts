import { ApiError } from './api-error.ts';
import type { SimulatorClock } from './clock.ts';
import type { Dice } from './dice.ts';

/** Where a walk through a report stands. The name stays the same from page to page; the server remembers the place. */
export interface Cursor<Query> {
  readonly name: string;
  readonly report: string;
  readonly query: Query;
  deviceIndex: number;
  /** Rows of that device already served. */
  rowIndex: number;
  /** Rows served in all. */
  offset: number;
  expiresAtUnixSeconds: number;
  lastRow: unknown;
}

export interface Cursors<Query> {
  open(report: string, query: Query): Cursor<Query>;
  /** Throws 400 for a name that is unknown, expired, or of another report. Each page renews the life of the cursor. */
  resume(name: string, report: string): Cursor<Query>;
}

export function createCursors<Query>(lifetimeSeconds: number, clock: SimulatorClock, dice: Dice): Cursors<Query> {
  const cursors = new Map<string, Cursor<Query>>();
  let opened = 0;

  function dropExpired(now: number): void {
    for (const { name, expiresAtUnixSeconds } of cursors.values())
      if (expiresAtUnixSeconds <= now) cursors.delete(name);
  }

  return {
    open(report, query) {
      dropExpired(clock.now());
      const cursor: Cursor<Query> = {
        name: dice.uuid('cursor', opened++),
        report,
        query,
        deviceIndex: 0,
        rowIndex: 0,
        offset: 0,
        expiresAtUnixSeconds: clock.now() + lifetimeSeconds,
        lastRow: undefined,
      };
      cursors.set(cursor.name, cursor);
      return cursor;
    },
    resume(name, report) {
      dropExpired(clock.now());
      const cursor = cursors.get(name);
      if (cursor?.report !== report)
        throw new ApiError(400, `query parameter "cursor": "${name}" is unknown or expired`);
      cursor.expiresAtUnixSeconds = clock.now() + lifetimeSeconds;
      return cursor;
    },
  };
}
