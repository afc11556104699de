import { describe, expect, it } from 'vitest';
import { formatSpread, shuffled, spread } from './statistics.ts';

describe('spread', () => {
  it('takes the middle of an odd and the mean of the middles of an even number of values', () => {
    expect(spread([9, 1, 5])).toEqual({ median: 5, min: 1, max: 9, count: 3 });
    expect(spread([4, 1, 2, 3]).median).toBe(2.5);
  });

  it('refuses to summarize nothing', () => {
    expect(() => spread([])).toThrow(RangeError);
  });

  it('prints the median with its range', () => {
    expect(formatSpread(spread([1, 25.25, 300]))).toBe('25.3 [1.00..300]');
  });
});

describe('shuffled', () => {
  it('keeps every value', () => {
    expect(shuffled([1, 2, 3, 4]).sort()).toEqual([1, 2, 3, 4]);
  });
});
