import { fromRfc3339, type UnixSeconds } from '../domain/time.ts';
import type { Counter } from './tally.ts';

/** 2000-01-01 and 2100-01-01 in UTC: what lies outside is a zero date, a broken clock or no time at all. */
const earliest = 946_684_800;
const latest = 4_102_444_800;
/** Values at or above this are milliseconds: as seconds they would lie after the year 5138. */
const millisecondsFrom = 1e11;

/** Passes on what can be the time of something on a machine of this century; everything else is unknown. */
export function plausible(seconds: number | undefined): UnixSeconds | undefined {
  return seconds !== undefined && seconds >= earliest && seconds < latest ? seconds : undefined;
}

/** Epoch seconds, to the millisecond, out of a number of seconds or milliseconds. */
export function fromEpoch(value: number | null | undefined): UnixSeconds | undefined {
  if (value === null || value === undefined) return undefined;
  return plausible(Math.round(value >= millisecondsFrom ? value : value * 1000) / 1000);
}

/** RFC 3339 with a zone. */
export function fromZoned(text: string | null | undefined): UnixSeconds | undefined {
  return plausible(fromRfc3339(text?.trim() ?? ''));
}

/** Wall-clock time as written, `month` from 1. */
export interface LocalTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/**
 * Turns wall-clock time of one zone into instants. Undefined, and counted, where that is not possible: without a zone
 * (`time.no_zone`), for a time that happens twice when clocks go back or never when they go forward (`time.ambiguous`),
 * and for what is no date at all (`time.malformed`). A guess here could date an install into an outage it does not explain.
 */
export type ReadLocalTime = (local: LocalTime | undefined, dropped: Counter) => UnixSeconds | undefined;

/** `zone`: an IANA name, which the options schema has checked; undefined = nobody knows. */
export function createLocalTimeReader(zone: string | undefined): ReadLocalTime {
  const offsetAt = zone === undefined ? undefined : createOffsetReader(zone);
  return (local, dropped) => {
    const asUtc = local === undefined ? undefined : plausible(utcOf(local));
    if (asUtc === undefined) return count('time.malformed', dropped);
    if (offsetAt === undefined) return count('time.no_zone', dropped);
    // The offsets half a day to either side are all that can be in force at that wall-clock time.
    const offsets = new Set([offsetAt(asUtc - 43_200), offsetAt(asUtc + 43_200), offsetAt(asUtc)]);
    const instants = [...offsets]
      .filter((offset) => offsetAt(asUtc - offset) === offset)
      .map((offset) => asUtc - offset);
    const [only, ...others] = instants;
    return only !== undefined && others.length === 0 ? only : count('time.ambiguous', dropped);
  };
}

/** True for a name that this machine's zone data knows. */
export function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

function count(reason: string, dropped: Counter): undefined {
  dropped.add(reason);
  return undefined;
}

/** Undefined for the 30th of February and the like, which `Date.UTC` would take for a day in March. */
function utcOf({ year, month, day, hour, minute, second }: LocalTime): UnixSeconds | undefined {
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const same =
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute;
  return same ? date.getTime() / 1000 : undefined;
}

const offsetStepSeconds = 900;

/** Seconds east of UTC, by quarter of an hour: all changes of this century happen on one. */
function createOffsetReader(zone: string): (at: UnixSeconds) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  const cache = new Map<number, number>();
  return (at) => {
    const step = Math.floor(at / offsetStepSeconds) * offsetStepSeconds;
    const known = cache.get(step);
    if (known !== undefined) return known;
    const parts = Object.fromEntries(format.formatToParts(step * 1000).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts;
    const offset = Date.UTC(year, month - 1, day, hour, minute) / 1000 - step;
    if (cache.size > 50_000) cache.clear();
    cache.set(step, offset);
    return offset;
  };
}
