import type { ObservedHealth } from '../../domain/observed-health.ts';
import type { UnixSeconds } from '../../domain/time.ts';
import { serviceStateWords, stateOf } from '../service-words.ts';
import type { ReadCounters } from '../tally.ts';
import { textOf } from '../text.ts';
import { translate } from '../translate.ts';
import { fromZoned, type LocalTime, type ReadLocalTime } from '../vendor-time.ts';
import type { CheckRow, ServiceRow } from './api-schema.ts';

const startTypeWords: Readonly<Record<string, 'automatic' | 'other'>> = {
  AUTOMATIC: 'automatic',
  AUTO: 'automatic',
  MANUAL: 'other',
  DISABLED: 'other',
  BOOT: 'other',
  SYSTEM: 'other',
  UNKNOWN: 'other',
};

const checkWords: Readonly<Record<string, Pick<ObservedHealth, 'state' | 'word'>>> = {
  PASSING: { state: 'good', word: 'passing' },
  FAILING: { state: 'bad', word: 'failing' },
  PENDING: { state: 'unknown', word: 'waiting for its first run' },
};

/**
 * Services as the agent itself said them. The answer names no time and needs none: the agent gave it after it was asked,
 * so that moment is the earliest at which it can have looked.
 */
export function mapServices(rows: readonly ServiceRow[], askedAt: UnixSeconds, counters: ReadCounters) {
  return rows.map(({ name, status, start_type }): ObservedHealth => ({
    name,
    // The agent writes `start_pending` for what Windows calls so, and older ones `start pending`.
    ...stateOf(serviceStateWords, status?.replaceAll(' ', '_'), 'service.state', counters.unknownWords),
    automatic: translate(startTypeWords, start_type, 'service.start_type', counters.unknownWords) === 'automatic',
    observedAt: askedAt,
  }));
}

export function mapChecks(rows: readonly CheckRow[], readLocalTime: ReadLocalTime, counters: ReadCounters) {
  return rows.map(({ name, readable_desc, check_result }): ObservedHealth => {
    const observedAt = lastRun(textOf(check_result?.last_run), readLocalTime, counters);
    return {
      name: textOf(readable_desc) ?? textOf(name) ?? '',
      ...stateOf(checkWords, check_result?.status, 'check.status', counters.unknownWords),
      automatic: false,
      ...(observedAt === undefined ? {} : { observedAt }),
    };
  });
}

/** With a zone as it is; without one in the server's, if the configuration says which that is. */
function lastRun(text: string | undefined, readLocalTime: ReadLocalTime, counters: ReadCounters) {
  if (text === undefined) return undefined;
  const local = parseLocal(text);
  return local === undefined ? fromZoned(text) : readLocalTime(local, counters.dropped);
}

/** `2026-08-11T13:04:31.120`, with nothing behind it. */
function parseLocal(text: string): LocalTime | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:\.\d+)?$/.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  return { year, month, day, hour, minute, second };
}
