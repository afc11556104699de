import { formatAge, formatDuration } from './duration';

describe('formatDuration', () => {
  it.each([
    [0, '0 s'],
    [-5_000, '0 s'],
    [999, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [724_000, '12 min 4 s'],
    [3_600_000, '1 h'],
    [3_601_000, '1 h'],
    [90_000_000, '1 d 1 h'],
  ])('says %d ms as "%s"', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

describe('formatAge', () => {
  it.each([
    [-9_000, 'just now'],
    [9_000, 'just now'],
    [-61_000, '1 min ago'],
    [-7_300_000, '2 h ago'],
    [180_000, 'in 3 min'],
  ])('says a distance of %d ms as "%s"', (offset, text) => {
    expect(formatAge(1_000_000_000 + offset, 1_000_000_000)).toBe(text);
  });
});
