import fc from 'fast-check';
import { guessInterval, readState, spanAt, spansOf } from './states';

describe('readState', () => {
  it.each([
    [1, undefined, 'up'],
    [0, undefined, 'down'],
    [0.99, undefined, 'degraded'],
    [NaN, undefined, 'unknown'],
    [null, undefined, 'unknown'],
    [undefined, undefined, 'unknown'],
    [true, undefined, 'up'],
    [false, undefined, 'down'],
    ['Online', undefined, 'up'],
    ['OFFLINE', undefined, 'down'],
    ['Sleeping', undefined, 'other'],
    ['', undefined, 'unknown'],
    [0, 'Up', 'up'],
    [1, 'Down', 'down'],
    [0, 'Zero', 'down'],
  ])('reads %p mapped to %p as %s', (value, mapped, state) => {
    expect(readState(value, mapped).state).toBe(state);
  });
});

const up = { state: 'up', text: '1' } as const;
const down = { state: 'down', text: '0' } as const;
const none = { state: 'unknown', text: '' } as const;

describe('spansOf', () => {
  it('joins equal samples and starts a span at each change', () => {
    const readings = [up, up, down, up];
    const spans = spansOf([0, 10, 20, 30], (i) => readings[i] ?? none, { intervalMs: 10, untilMs: 100 });
    expect(spans.map(({ fromMs, toMs, state }) => [fromMs, toMs, state])).toEqual([
      [0, 20, 'up'],
      [20, 30, 'down'],
      [30, 40, 'up'],
    ]);
  });

  it('leaves a gap where samples are missing and after the last one', () => {
    const spans = spansOf([0, 10, 40], () => up, { intervalMs: 10, untilMs: 100 });
    expect(spans.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      [0, 20],
      [40, 50],
    ]);
  });

  it('holds a state that is written when it changes until the next, and the last until now', () => {
    const readings = [up, down];
    const spans = spansOf([0, 35], (i) => readings[i] ?? none, { untilMs: 100 });
    expect(spans.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      [0, 35],
      [35, 100],
    ]);
  });

  it('ends a state at an empty value', () => {
    const readings = [up, none, up];
    const spans = spansOf([0, 10, 20], (i) => readings[i] ?? none, { intervalMs: 10, untilMs: 100 });
    expect(spans.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      [0, 10],
      [20, 30],
    ]);
  });

  it('never says up at the time of a sample that was not', () => {
    const samples = fc.array(fc.constantFrom(up, down, none), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(samples, (readings) => {
        const times = readings.map((_, i) => i * 10);
        const spans = spansOf(times, (i) => readings[i] ?? none, { intervalMs: 10, untilMs: 600 });
        readings.forEach((reading, i) => {
          expect(spanAt(spans, i * 10)?.state ?? 'unknown').toBe(reading.state);
        });
        spans.slice(1).forEach((span, i) => expect(span.fromMs).toBeGreaterThanOrEqual(spans[i]?.toMs ?? 0));
      }),
    );
  });
});

describe('guessInterval', () => {
  it.each([
    [[0, 10, 20, 30, 40], 10],
    [[0, 10, 20, 30, 90, 100, 110, 120], 10],
    [[0, 7, 95, 96, 300], undefined],
    [[0, 10], undefined],
  ])('of %p is %p', (times, interval) => {
    expect(guessInterval(times)).toBe(interval);
  });
});
