import { aWindow, minutes } from './builders';
import { drawnSpan, elapsedSpan, extendRange, isOpen, isOverdue, remainingSpan } from './windows';

const now = minutes(100);
const span = (from: number, to: number) => ({ fromMs: minutes(from), toMs: minutes(to) });

describe('elapsedSpan', () => {
  it.each([
    ['an open window runs to now', aWindow({ from: 90 }), span(90, 100)],
    ['an open window with an end runs to now', aWindow({ from: 90, endsMs: minutes(120) }), span(90, 100)],
    ['a closed one ends when it closed', aWindow({ from: 80, to: 90, endsMs: minutes(120) }), span(80, 90)],
    ['one that nobody closed ends at its absolute end', aWindow({ from: 60, endsMs: minutes(80) }), span(60, 80)],
    ['a planned one is shown whole', aWindow({ kind: 'planned', from: 120, to: 180 }), span(120, 180)],
  ])('%s', (_, window, expected) => {
    expect(elapsedSpan(window, now)).toEqual(expected);
  });
});

describe('an open window', () => {
  const window = aWindow({ from: 90, endsMs: minutes(120) });

  it('has the rest of its time before it', () => {
    expect(isOpen(window, now)).toBe(true);
    expect(remainingSpan(window, now)).toEqual(span(100, 120));
    expect(drawnSpan(window, now)).toEqual(span(90, 120));
  });

  it('is closed and overdue at its absolute end', () => {
    expect(isOpen(window, minutes(120))).toBe(false);
    expect(isOverdue(window, minutes(120))).toBe(true);
  });
});

describe('extendRange', () => {
  const range = span(0, 100);

  it('runs on to the end of the next window', () => {
    expect(extendRange(range, [aWindow({ kind: 'planned', from: 120, to: 150 })], now)).toEqual(span(0, 153));
  });

  it('at most doubles the range', () => {
    expect(extendRange(range, [aWindow({ kind: 'planned', from: 150, to: 500 })], now)).toEqual(span(0, 200));
  });

  it.each([
    ['the next window is too far off', [aWindow({ kind: 'planned', from: 5000, to: 5100 })], now],
    ['there is none', [], now],
    ['the range lies in the past', [aWindow({ kind: 'planned', from: 520, to: 530 })], minutes(500)],
  ])('leaves the range alone when %s', (_, windows, at) => {
    expect(extendRange(range, windows, at)).toEqual(range);
  });
});
