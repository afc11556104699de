import { expect, it } from 'vitest';
import { eventKey } from '../event-key.ts';
import { KeyFilter } from './key-filter.ts';

const keysPerSegment = 256;
const key = (i: number) => eventKey('ninja', String(i));
const keysOf = (segment: number) => Array.from({ length: keysPerSegment }, (_, i) => key(segment * keysPerSegment + i));

function filterOf(segments: number): KeyFilter {
  const filter = new KeyFilter(keysPerSegment);
  for (let id = 0; id < segments; id += 1) filter.addSegment(id, filter.bitsOf(keysOf(id)));
  return filter;
}

it('names the segment of every key it was given, past the 32 that share one number', () => {
  const filter = filterOf(70);
  for (let id = 0; id < 70; id += 1) {
    for (const known of keysOf(id)) expect(filter.candidates(known)).toContain(id);
  }
});

it('names a wrong segment in less than three of a thousand questions', () => {
  const filter = filterOf(40);
  let wrong = 0;
  for (let i = 0; i < 1000; i += 1) wrong += filter.candidates(key(1_000_000 + i)).length;
  expect(wrong / (1000 * 40)).toBeLessThan(0.003);
});

it('names nothing while nothing is sealed', () => {
  expect(new KeyFilter(64).candidates(key(1))).toEqual([]);
});
