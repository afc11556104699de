import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Counter } from './tally.ts';
import { createLocalTimeReader, fromEpoch, fromZoned, isTimeZone } from './vendor-time.ts';

const utc = (text: string): number => Date.parse(text) / 1000;
const local = (text: string) => {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = text.split(/[-T:]/).map(Number);
  return { year, month, day, hour, minute, second };
};

describe('times of vendors', () => {
  it.each([
    [1_786_442_060.482, 1_786_442_060.482],
    [1_786_442_060_482, 1_786_442_060.482],
    [0, undefined],
    [-1, undefined],
    [1, undefined],
    [NaN, undefined],
    [Infinity, undefined],
    [1e308, undefined],
    [null, undefined],
  ])('are epoch seconds or milliseconds of this century: %s', (value, expected) => {
    expect(fromEpoch(value)).toBe(expected);
  });

  it.each([
    ['2026-08-11T13:04:31.120Z', utc('2026-08-11T13:04:31.120Z')],
    ['2026-08-11T15:04:31+02:00', utc('2026-08-11T13:04:31Z')],
    ['2026-08-11T13:04:31', undefined],
    ['0001-01-01T00:00:00Z', undefined],
    ['soon', undefined],
    [null, undefined],
  ])('name their zone or are none: %s', (text, expected) => {
    expect(fromZoned(text)).toBe(expected);
  });
});

describe('wall-clock time', () => {
  it.each([
    ['Europe/Berlin', '2026-07-16T02:41:00', '2026-07-16T00:41:00Z'],
    ['Europe/Berlin', '2026-01-16T02:41:00', '2026-01-16T01:41:00Z'],
    ['America/Los_Angeles', '2026-07-16T02:41:00', '2026-07-16T09:41:00Z'],
    ['Asia/Kathmandu', '2026-07-16T02:41:07', '2026-07-15T20:56:07Z'],
    ['UTC', '2026-07-16T02:41:00', '2026-07-16T02:41:00Z'],
  ])('of %s at %s is one instant', (zone, text, expected) => {
    const dropped = new Counter();
    expect(createLocalTimeReader(zone)(local(text), dropped)).toBe(utc(expected));
    expect(dropped.toTally()).toEqual({});
  });

  it.each([
    ['happens twice', 'Europe/Berlin', '2026-10-25T02:30:00', 'time.ambiguous'],
    ['never happens', 'Europe/Berlin', '2026-03-29T02:30:00', 'time.ambiguous'],
    ['has no zone', undefined, '2026-07-16T02:41:00', 'time.no_zone'],
    ['is no date', 'UTC', '2026-02-30T02:41:00', 'time.malformed'],
    ['is a zero date', 'UTC', '0001-01-01T00:00:00', 'time.malformed'],
  ])('that %s is unknown and counted', (_what, zone, text, reason) => {
    const dropped = new Counter();
    expect(createLocalTimeReader(zone)(local(text), dropped)).toBeUndefined();
    expect(dropped.toTally()).toEqual({ [reason]: 1 });
  });

  it('never names an instant whose wall-clock time is another', () => {
    const zone = 'Europe/Berlin';
    const read = createLocalTimeReader(zone);
    const wall = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
    fc.assert(
      fc.property(fc.integer({ min: utc('2001-01-01T00:00:00Z'), max: utc('2060-01-01T00:00:00Z') }), (at) => {
        const text = wall.format(at * 1000).replace(' ', 'T');
        const found = read(local(text), new Counter());
        if (found !== undefined) expect(found).toBe(at);
      }),
    );
  });

  it('knows which zones there are', () => {
    expect(['Europe/Berlin', 'UTC', 'Mars/Olympus'].map(isTimeZone)).toEqual([true, true, false]);
  });
});
