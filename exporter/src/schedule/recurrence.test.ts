import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromRfc3339, toRfc3339 } from '../domain/time.ts';
import { isDay, isTimeZone, nextOccurrences, occurrences, ruleProblem, type Recurrence } from './recurrence.ts';

const hour = 3600;
const at = (text: string): number => fromRfc3339(text) ?? Number.NaN;
const recurrence = (overrides: Partial<Recurrence> = {}): Recurrence => ({
  rule: 'FREQ=MONTHLY;BYDAY=2TU',
  offsetDays: 0,
  at: '02:00',
  timeZone: 'UTC',
  durationSeconds: 3 * hour,
  exclude: [],
  ...overrides,
});
const starts = (overrides: Partial<Recurrence>, from: string, to: string): string[] =>
  occurrences(recurrence(overrides), at(from), at(to)).map(({ start }) => toRfc3339(start).slice(0, 16));

describe('occurrences', () => {
  it('of "second Tuesday plus 3 days" are Fridays, also when the Tuesday lies before the span', () => {
    expect(starts({ offsetDays: 3 }, '2026-11-11T00:00:00Z', '2027-01-31T00:00:00Z')).toEqual([
      '2026-11-13T02:00',
      '2026-12-11T02:00',
      '2027-01-15T02:00',
    ]);
  });

  it('keep their local time over a change of clocks', () => {
    const daily = { rule: 'FREQ=DAILY', timeZone: 'Europe/Berlin', at: '04:00' };
    expect(starts(daily, '2026-10-23T12:00:00Z', '2026-10-26T12:00:00Z')).toEqual([
      '2026-10-24T02:00',
      '2026-10-25T03:00',
      '2026-10-26T03:00',
    ]);
  });

  it('begin an hour later in the night that skips their time, and once in the night that repeats it', () => {
    const daily = { rule: 'FREQ=DAILY', timeZone: 'Europe/Berlin', at: '02:30' };
    expect(starts(daily, '2026-03-29T00:00:00Z', '2026-03-29T12:00:00Z')).toEqual(['2026-03-29T01:30']);
    expect(starts(daily, '2026-10-24T12:00:00Z', '2026-10-25T12:00:00Z')).toEqual(['2026-10-25T00:30']);
  });

  it('last their elapsed time, whatever the clocks do', () => {
    const [night] = occurrences(
      recurrence({ rule: 'FREQ=DAILY', timeZone: 'Europe/Berlin', at: '01:00' }),
      at('2026-10-24T12:00:00Z'),
      at('2026-10-25T12:00:00Z'),
    );
    expect((night?.end ?? 0) - (night?.start ?? 0)).toBe(3 * hour);
  });

  it('leave out excluded days, counted by the day on which they begin', () => {
    const daily = { rule: 'FREQ=DAILY', timeZone: 'Europe/Berlin', at: '00:30' };
    const exclude = [{ first: '2026-12-24', last: '2026-12-26' }];
    expect(starts({ ...daily, exclude }, '2026-12-22T12:00:00Z', '2026-12-27T12:00:00Z')).toEqual([
      '2026-12-22T23:30',
      '2026-12-26T23:30',
    ]);
  });

  it('count every second week from the first day', () => {
    const rule = { rule: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=SU', from: '2026-11-01' };
    expect(starts(rule, '2026-10-01T00:00:00Z', '2026-12-01T00:00:00Z')).toEqual([
      '2026-11-01T02:00',
      '2026-11-15T02:00',
      '2026-11-29T02:00',
    ]);
  });

  it('do not begin before the first day, nor after UNTIL', () => {
    const rule = { rule: 'FREQ=DAILY;UNTIL=20261112', from: '2026-11-10' };
    expect(starts(rule, '2026-11-08T00:00:00Z', '2026-11-20T00:00:00Z')).toEqual([
      '2026-11-10T02:00',
      '2026-11-11T02:00',
      '2026-11-12T02:00',
    ]);
  });

  it('include one that began before the span and still runs', () => {
    expect(starts({ rule: 'FREQ=DAILY' }, '2026-11-10T04:59:00Z', '2026-11-10T05:00:00Z')).toEqual([
      '2026-11-10T02:00',
    ]);
    expect(starts({ rule: 'FREQ=DAILY' }, '2026-11-10T05:00:00Z', '2026-11-10T06:00:00Z')).toEqual([]);
  });

  it('are the same however the time is cut into spans', () => {
    const rules = ['FREQ=DAILY', 'FREQ=WEEKLY;BYDAY=MO,TH', 'FREQ=MONTHLY;BYDAY=2TU', 'FREQ=MONTHLY;BYMONTHDAY=-1'];
    const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Pacific/Auckland', 'Asia/Kolkata'];
    const begin = at('2026-01-01T00:00:00Z');
    fc.assert(
      fc.property(
        fc.constantFrom(...rules),
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 10 }),
        fc.integer({ min: 0, max: 23 }),
        fc.array(fc.integer({ min: 1, max: 90 * 24 }), { minLength: 1, maxLength: 4 }),
        (rule, timeZone, offsetDays, atHour, cuts) => {
          const one = recurrence({ rule, timeZone, offsetDays, at: `${String(atHour).padStart(2, '0')}:00` });
          const points = [0, ...new Set(cuts)].sort((a, b) => a - b).map((hours) => begin + hours * hour);
          const whole = occurrences(one, begin, points.at(-1) ?? begin).map(({ start }) => start);
          const pieces = points
            .slice(1)
            .flatMap((end, i) => occurrences(one, points[i] ?? begin, end).map(({ start }) => start));
          expect([...new Set(pieces)]).toEqual(whole);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('nextOccurrences', () => {
  it.each(['FREQ=DAILY', 'FREQ=MONTHLY;BYDAY=2TU', 'FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=1'])(
    'are the first of a long look ahead for %s',
    (rule) => {
      const one = recurrence({ rule });
      const now = at('2026-11-10T03:00:00Z');
      expect(nextOccurrences(one, now, 5)).toEqual(occurrences(one, now, now + 400 * 24 * hour).slice(0, 5));
    },
  );
});

describe('ruleProblem', () => {
  it.each([
    ['BYDAY=2TU', undefined, 'needs FREQ'],
    ['FREQ=HOURLY', undefined, 'needs FREQ, one of DAILY'],
    ['FREQ=DAILY;BYHOUR=3', undefined, 'the time of day is "at"'],
    ['FREQ=DAILY;BYDAYS=MO', undefined, 'unknown part BYDAYS'],
    ['FREQ=WEEKLY', undefined, 'must say the day'],
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=SU', undefined, '"from" must say the first day'],
    ['FREQ=DAILY;COUNT=3', undefined, '"from" must say the first day'],
    ['FREQ=MONTHLY;BYDAY=2XX', undefined, 'is not a recurrence rule'],
  ])('tells what is wrong with %s', (rule, from, text) => {
    expect(ruleProblem(rule, from)).toContain(text);
  });

  it.each([
    ['FREQ=WEEKLY;INTERVAL=1;BYDAY=SU', undefined],
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=SU', '2026-11-01'],
    ['FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1', undefined],
  ])('takes %s', (rule, from) => {
    expect(ruleProblem(rule, from)).toBeUndefined();
  });
});

describe('words of the configuration', () => {
  it('know days and zones', () => {
    expect([isDay('2026-11-22'), isDay('2026-13-01'), isDay('22.11.2026')]).toEqual([true, false, false]);
    expect([isTimeZone('Europe/Berlin'), isTimeZone('Berlin'), isTimeZone('CEST-wrong')]).toEqual([true, false, false]);
  });
});
