import { moved, narrowSpan, toRawSpan, toTimeRange, zoomedOut } from './time-span';

const fallback = { from: 'now-3h', to: 'now' };

describe('narrowSpan', () => {
  it.each([
    ['now-6h', 'now'],
    ['now-1d/d', 'now/d'],
    ['1773108000000', 'now'],
    ['2026-03-10T02:00:00Z', '2026-03-10T03:00:00Z'],
  ])('takes %s to %s', (from, to) => {
    expect(narrowSpan(from, to, fallback)).toEqual({ from, to });
  });

  it.each([
    [null, 'now'],
    ['now-6h', null],
    ['yesterday', 'now'],
    ['now-', 'now'],
    ['<script>', 'now'],
  ])('falls back for %s to %s', (from, to) => {
    expect(narrowSpan(from, to, fallback)).toBe(fallback);
  });
});

describe('toTimeRange', () => {
  it('reads Unix milliseconds, and writes them back', () => {
    const range = toTimeRange({ from: '1000', to: '5000' }, 'utc');
    expect([range.from.valueOf(), range.to.valueOf()]).toEqual([1000, 5000]);
    expect(toRawSpan(range.raw)).toEqual({ from: '1000', to: '5000' });
  });

  it('turns round a span that is written backwards', () => {
    const range = toTimeRange({ from: '5000', to: '1000' }, 'utc');
    expect([range.from.valueOf(), range.to.valueOf()]).toEqual([1000, 5000]);
  });

  it('keeps a relative span relative', () => {
    expect(toRawSpan(toTimeRange(fallback, 'utc').raw)).toEqual(fallback);
  });
});

it('moves by half and zooms out to twice', () => {
  const range = toTimeRange({ from: '1000', to: '5000' }, 'utc');
  expect(moved(range, -1)).toEqual({ from: '-1000', to: '3000' });
  expect(moved(range, 1)).toEqual({ from: '3000', to: '7000' });
  expect(zoomedOut(range)).toEqual({ from: '-1000', to: '7000' });
});
