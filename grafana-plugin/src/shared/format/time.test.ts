import { formatTimeNear } from './time';

const at = '2026-03-11T22:30:00Z';

describe('formatTimeNear', () => {
  it.each([
    ['leaves the day out where the other time has it', '2026-03-11T20:00:00Z', 'utc', '22:30:00'],
    ['keeps it on another day', '2026-03-12T00:10:00Z', 'utc', '2026-03-11 22:30:00'],
    ['goes by the days of the zone', '2026-03-11T14:00:00Z', 'Asia/Tokyo', '2026-03-12 07:30:00'],
    ['also where UTC has another day', '2026-03-12T00:10:00Z', 'America/New_York', '18:30:00'],
  ])('%s', (_name, near, timeZone, text) => {
    expect(formatTimeNear(at, near, timeZone)).toBe(text);
  });
});
