import type { UnixSeconds } from '../../domain/time.ts';
import { Counter } from '../tally.ts';
import { fromZoned, type LocalTime, type ReadLocalTime } from '../vendor-time.ts';

/** How far the server's clock and ours may be apart before its time zone must be another than configured. */
const toleranceSeconds = 300;

/** Reads one time of the server: with a zone as it stands, without one in the configured zone. Zero dates are unknown. */
export type ReadServerTime = (text: string | null | undefined, dropped: Counter) => UnixSeconds | undefined;

/**
 * `serverNow`: what the server says the time is, undefined where it cannot be asked. When that does not fit the
 * configured zone, the zone is wrong: every time without a zone is then unknown (`time.zone_contradicted`), because one
 * that is hours off would explain outages it has nothing to do with.
 */
export function createServerTimeReader(
  readLocalTime: ReadLocalTime,
  serverNow: unknown,
  now: UnixSeconds,
  dropped: Counter,
): ReadServerTime {
  const contradicted = serverNow !== undefined && !isNear(serverNow, readLocalTime, now);
  if (contradicted) dropped.add('time.zone_contradicted');
  return (text, counter) => {
    const trimmed = text?.trim() ?? '';
    if (trimmed === '' || trimmed.startsWith('0001-')) return undefined;
    const zoned = fromZoned(trimmed);
    if (zoned !== undefined || contradicted) return zoned;
    return readLocalTime(parseLocal(trimmed), counter);
  };
}

function isNear(serverNow: unknown, readLocalTime: ReadLocalTime, now: UnixSeconds): boolean {
  if (typeof serverNow !== 'string') return false;
  const at = fromZoned(serverNow) ?? readLocalTime(parseLocal(serverNow), new Counter());
  return at !== undefined && Math.abs(at - now) <= toleranceSeconds;
}

/** `2026-08-11T13:01:12`, with or without a fraction. */
function parseLocal(text: string): LocalTime | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(\.\d+)?$/.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  return { year, month, day, hour, minute, second };
}
