import { shareText } from './share';

describe('shareText', () => {
  it.each([
    [0, 0, '–'],
    [0, 7, '0 %'],
    [7, 7, '100 %'],
    [99_999, 100_000, '99.9 %'],
    [1, 100_000, '< 0.1 %'],
    [2, 3, '66.6 %'],
  ])('writes %d of %d as %s', (part, whole, text) => {
    expect(shareText(part, whole)).toBe(text);
  });
});
