import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeviceState } from './device.ts';
import type { DomainEvent, EventBody } from './event.ts';
import { foldEvent } from './fold.ts';

const T = 1_780_000_000;
const hour = 3600;

let counter = 0;
function event(at: number, body: EventBody, source = 'api'): DomainEvent {
  counter += 1;
  return {
    source,
    dedupKey: String(counter),
    organization: 'larkspur',
    device: 'ninja:1',
    occurredAt: at,
    receivedAt: at,
    ...body,
  };
}
const observed = event(T - hour, {
  type: 'device.observed',
  data: {
    vendorId: '1',
    organization: 'larkspur',
    groups: [],
    tags: [],
    displayName: 'FS01',
    hostNames: [],
    ipAddresses: [],
  },
});
interface Told {
  readonly id?: string;
  readonly start: number;
  readonly end: number;
  readonly owner?: string;
  readonly source?: string;
}
const planned = (at: number, { id = 'p', start, end, owner = 'ada', source }: Told) =>
  event(at, { type: 'maintenance.planned', data: { id, start, end, reason: 'night', owner } }, source);
const ended = (at: number, id = 'p', source = 'api') => event(at, { type: 'maintenance.ended', data: { id } }, source);
const fold = (...events: DomainEvent[]): DeviceState =>
  events.reduce((state, next) => foldEvent(state, next), foldEvent(undefined, observed));
const spans = (state: DeviceState) => state.planned.map(({ id, start, end }) => [id, start - T, end - T]);

describe('plans of a device', () => {
  const night = { start: T, end: T + hour };

  it('are replaced by the later-dated word of who made them, in whatever order it arrives', () => {
    const first = planned(T - 100, night);
    const second = planned(T - 50, { start: T + hour, end: T + 2 * hour });
    for (const order of [
      [first, second],
      [second, first],
    ])
      expect(spans(fold(...order))).toEqual([['p', hour, 2 * hour]]);
  });

  it('are not replaced by another source or another owner that uses the same id', () => {
    const state = fold(
      planned(T - 100, { ...night, source: 'schedule', owner: 'schedule:friday' }),
      planned(T - 50, { start: T + hour, end: T + 2 * hour }),
      planned(T - 40, { start: T + 2 * hour, end: T + 3 * hour, owner: 'grace' }),
    );
    expect(state.planned.map(({ source, owner, end }) => [source, owner, end - T])).toEqual([
      ['schedule', 'schedule:friday', hour],
      ['api', 'ada', 2 * hour],
      ['api', 'grace', 3 * hour],
    ]);
  });

  it('stay ended when the end arrives first, and when they are told again under another event id', () => {
    expect(spans(fold(ended(T + 60), planned(T - 100, night)))).toEqual([['p', 0, 60]]);
    expect(spans(fold(planned(T - 100, night), ended(T + 60), planned(T + 120, night)))).toEqual([['p', 0, 60]]);
    const tomorrow = { start: T + 24 * hour, end: T + 25 * hour };
    const again = fold(planned(T - 100, tomorrow), ended(T), planned(T + 10, tomorrow));
    expect(again.planned.filter(({ start, end }) => start < end)).toEqual([]);
  });

  it('ended by anybody are ended for everybody who used the id: when in doubt, page', () => {
    const state = fold(planned(T - 100, night), planned(T - 90, { ...night, owner: 'grace' }), ended(T + 60));
    expect(state.planned.map(({ end }) => end - T)).toEqual([60, 60]);
  });

  it('are bounded in number, and what runs now is not pushed out by what lies ahead', () => {
    const flood = Array.from({ length: 80 }, (_, i) =>
      planned(T + i, { id: `f${String(i)}`, start: T + (i + 2) * hour, end: T + (i + 3) * hour }),
    );
    const state = fold(planned(T - 100, { start: T, end: T + 2 * hour }), ...flood);
    expect(state.planned).toHaveLength(50);
    expect(state.planned[0]?.id).toBe('p');
  });

  it('leave bounded traces of their ends, the newest ones', () => {
    const many = Array.from({ length: 80 }, (_, i) => ended(T + i, `e${String(i)}`));
    const state = fold(...many);
    expect(state.endedPlans).toHaveLength(50);
    expect(state.endedPlans?.[0]).toEqual({ id: 'e79', at: T + 79 });
    expect(fold(...many, ended(T + 40 * 24 * hour, 'late')).endedPlans).toEqual([
      { id: 'late', at: T + 40 * 24 * hour },
    ]);
  });
});

const offset = fc.integer({ min: 0, max: 40 }).map((step) => step * 600);
const anyPlanEvent: fc.Arbitrary<DomainEvent> = fc.oneof(
  fc
    .record({
      at: offset,
      start: offset,
      length: fc.integer({ min: 1, max: 24 }),
      id: fc.constantFrom('p', 'q', 'r'),
      owner: fc.constantFrom('ada', 'grace'),
      source: fc.constantFrom('api', 'schedule'),
    })
    .map(({ at, start, length, ...who }) =>
      planned(T + at, { start: T + start, end: T + start + length * 600, ...who }),
    ),
  fc.tuple(offset, fc.constantFrom('p', 'q', 'r')).map(([at, id]) => ended(T + at, id)),
);
const eventsAndShuffle = fc
  .array(anyPlanEvent, { minLength: 1, maxLength: 14 })
  .chain((events) =>
    fc.tuple(
      fc.constant(events),
      fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2, maxLength: events.length * 2 }),
    ),
  );

describe('plans, on any events', () => {
  it('are the same in whatever order and however often their events arrive', () => {
    fc.assert(
      fc.property(eventsAndShuffle, ([events, shuffled]) => {
        const [live, rebuilt] = [fold(...events), fold(...shuffled)];
        expect(rebuilt.planned).toEqual(live.planned);
        expect(rebuilt.endedPlans).toEqual(live.endedPlans);
      }),
      { numRuns: 2000 },
    );
  });

  it('never run past the first end that anybody told of their id', () => {
    fc.assert(
      fc.property(eventsAndShuffle, ([, events]) => {
        for (const plan of fold(...events).planned) {
          const ends = events.flatMap((each) =>
            each.type === 'maintenance.ended' && each.data.id === plan.id ? [each.occurredAt] : [],
          );
          expect(plan.end).toBeLessThanOrEqual(Math.min(Infinity, ...ends));
        }
      }),
      { numRuns: 1000 },
    );
  });
});
