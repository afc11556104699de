import { describe, expect, it } from 'vitest';
import { retryAfterSeconds } from './retry-after.ts';

describe('retryAfterSeconds', () => {
  const now = Date.parse('2026-08-11T10:00:00Z') / 1000;

  it.each([
    ['seconds', '120', 120],
    ['zero', '0', 0],
    ['fractions, as some gateways send', '1.5', 1.5],
    ['a date ahead', 'Tue, 11 Aug 2026 10:00:30 GMT', 30],
    ['a date gone by', 'Tue, 11 Aug 2026 09:00:00 GMT', 0],
    ['no header', null, undefined],
    ['a word', 'soon', undefined],
    ['a negative number', '-5', undefined],
    ['an empty header', '', undefined],
  ])('reads %s', (_what, header, expected) => {
    expect(retryAfterSeconds(header, now)).toBe(expected);
  });
});
