import { RRuleTemporal } from 'rrule-temporal';
import { Temporal } from 'temporal-polyfill';
import type { UnixSeconds } from '../domain/time.ts';

/** When a schedule takes place, in the words of its place: "the second Tuesday plus 3 days, at 02:00 in Berlin". */
export interface Recurrence {
  /** RFC 5545 recurrence rule of days: FREQ of DAILY, WEEKLY, MONTHLY or YEARLY, without a time of day. */
  readonly rule: string;
  /** Calendar days after each day of the rule. */
  readonly offsetDays: number;
  /** Local time of day, `HH:MM`. */
  readonly at: string;
  /** IANA name. */
  readonly timeZone: string;
  /** Elapsed time, so a night with a clock change is neither longer nor shorter. */
  readonly durationSeconds: number;
  /** First day the rule counts from, `YYYY-MM-DD`; needed where it counts (INTERVAL, COUNT). */
  readonly from?: string;
  /** Local days on which nothing takes place, both ends included, `YYYY-MM-DD`. */
  readonly exclude: readonly DaySpan[];
}

export interface DaySpan {
  readonly first: string;
  readonly last: string;
}

export interface Occurrence {
  readonly start: UnixSeconds;
  readonly end: UnixSeconds;
}

const daySeconds = 86_400;
const frequencies = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'];
/** Without one of these the day comes from the first day, which nobody sees in the rule. */
const dayParts = ['BYDAY', 'BYMONTHDAY', 'BYYEARDAY'];
const knownParts = ['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', ...dayParts, 'BYMONTH', 'BYWEEKNO', 'BYSETPOS', 'WKST'];
const timeParts = ['BYHOUR', 'BYMINUTE', 'BYSECOND'];
/** A day that no zone moves to another date: rules are evaluated as bare days at noon in UTC. */
const noon = Temporal.PlainTime.from('12:00');

/** Occurrences that touch the span between two moments, in order. */
export function occurrences(recurrence: Recurrence, after: UnixSeconds, before: UnixSeconds): readonly Occurrence[] {
  const marginDays = recurrence.offsetDays + Math.ceil(recurrence.durationSeconds / daySeconds) + 2;
  const firstDay = dayInUtc(after).subtract({ days: marginDays });
  const lastDay = dayInUtc(before).add({ days: 1 });
  return daysOf(recurrence, firstDay, lastDay)
    .map((day) => day.add({ days: recurrence.offsetDays }))
    .filter((day) => !isExcluded(day, recurrence.exclude))
    .map((day) => occurrenceOn(day, recurrence))
    .filter(({ start, end }) => end > after && start <= before);
}

/** Spans to look through, in days: a nightly rule is answered by the first and a yearly one by the last. */
const lookaheadDays = [10, 60, 400];

/** The occurrence that runs and the next ones, at most `count`, at most 400 days ahead. */
export function nextOccurrences(recurrence: Recurrence, now: UnixSeconds, count: number): readonly Occurrence[] {
  let found: readonly Occurrence[] = [];
  for (const days of lookaheadDays) {
    found = occurrences(recurrence, now, now + days * daySeconds);
    if (found.length >= count) break;
  }
  return found.slice(0, count);
}

/** What is wrong with a rule, as the end of a sentence that begins with the rule; undefined when it can be used. */
export function ruleProblem(rule: string, from: string | undefined): string | undefined {
  const parts = new Map(rule.split(';').map((part) => splitOnce(part, '=')));
  const frequency = parts.get('FREQ');
  if (frequency === undefined || !frequencies.includes(frequency))
    return `needs FREQ, one of ${frequencies.join(', ')}`;
  const time = timeParts.find((name) => parts.has(name));
  if (time !== undefined) return `must not say ${time}: the time of day is "at"`;
  const unknown = [...parts.keys()].find((name) => !knownParts.includes(name));
  if (unknown !== undefined) return `has an unknown part ${unknown}`;
  if (frequency !== 'DAILY' && !dayParts.some((name) => parts.has(name)))
    return `must say the day, by one of ${dayParts.join(', ')}`;
  if (counts(rule) && from === undefined) return 'counts (INTERVAL or COUNT), so "from" must say the first day';
  try {
    daysOf({ rule, ...(from === undefined ? {} : { from }) }, day('2026-01-01'), day('2026-01-02'));
    return undefined;
  } catch (error) {
    return `is not a recurrence rule: ${error instanceof Error ? error.message : String(error)}`;
  }
}

export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}

export function isTimeZone(name: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
}

function splitOnce(text: string, separator: string): [string, string] {
  const [name = '', value = ''] = text.split(separator, 2);
  return [name, value];
}

function counts(rule: string): boolean {
  return /(?:^|;)(?:INTERVAL=(?!0*1(?:;|$))|COUNT=)/.test(rule);
}

/** Days of the rule in a span. A rule that does not count gives the same days from wherever it is begun. */
function daysOf(
  { rule, from }: Pick<Recurrence, 'rule' | 'from'>,
  first: Temporal.PlainDate,
  last: Temporal.PlainDate,
): readonly Temporal.PlainDate[] {
  const counted = from === undefined ? undefined : day(from);
  const begin = counted !== undefined && (counts(rule) || later(counted, first)) ? counted : first;
  if (later(begin, last)) return [];
  const evaluated = new RRuleTemporal({ rruleString: rule, dtstart: atNoon(begin) });
  return evaluated
    .between(atNoon(first), atNoon(last), true)
    .map((moment) => moment.toPlainDate())
    .filter((candidate) => counted === undefined || !later(counted, candidate));
}

function occurrenceOn(date: Temporal.PlainDate, { at, timeZone, durationSeconds }: Recurrence): Occurrence {
  // A local time that the clock change skips is taken an hour later, one that comes twice the first time.
  const moment = date.toZonedDateTime({ timeZone, plainTime: Temporal.PlainTime.from(at) });
  const start = moment.epochMilliseconds / 1000;
  return { start, end: start + durationSeconds };
}

function isExcluded(date: Temporal.PlainDate, spans: readonly DaySpan[]): boolean {
  return spans.some(({ first, last }) => !later(day(first), date) && !later(date, day(last)));
}

function day(text: string): Temporal.PlainDate {
  return Temporal.PlainDate.from(text);
}

function dayInUtc(at: UnixSeconds): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(at * 1000))
    .toZonedDateTimeISO('UTC')
    .toPlainDate();
}

function atNoon(date: Temporal.PlainDate): Temporal.ZonedDateTime {
  return date.toZonedDateTime({ timeZone: 'UTC', plainTime: noon });
}

function later(a: Temporal.PlainDate, b: Temporal.PlainDate): boolean {
  return Temporal.PlainDate.compare(a, b) > 0;
}
