import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventInput } from './ingest.ts';
import { readEvent } from './read-event.ts';

const eventTypes = EventInput.def.options.map(({ shape }) => shape.type.value);
const times = ['2026-03-10T02:00:00Z', '2026-03-10T02:00:00.123+01:00'];
const name = fc.string({ minLength: 1, maxLength: 20, unit: fc.constantFrom('a', 'Z', '7', '-', '.', 'ü', '𝄞') });
const aPatch = fc.record({ id: name, title: fc.string({ maxLength: 30 }) }, { requiredKeys: ['id'] });
const patches = fc.array(aPatch, { maxLength: 4 });

/** Longest texts of the schema, and one more. */
const longest = [100, 128, 200, 256, 500, 512].flatMap((length) => ['x'.repeat(length), 'x'.repeat(length + 1)]);

/** What a field may hold, good or not. */
const odd = fc.oneof(
  fc.constantFrom(null, '', ' ', ' x', 'x\n', true, 0, -1, [], {}, [null], ...longest, ...times),
  fc.jsonValue({ maxDepth: 2 }),
);
const fields = {
  id: name,
  occurredAt: fc.constantFrom(...times),
  organization: name,
  device: name,
  instance: name,
  hostName: name,
  reason: fc.string({ maxLength: 30 }),
  code: fc.string({ maxLength: 30 }),
  rebootRequired: fc.boolean(),
  bootAt: fc.constantFrom(...times),
  patches,
};
const dataFields = ['reason', 'code', 'rebootRequired', 'bootAt', 'patches'] as const;

/** Events of every type whose fields are mostly what they should be, and sometimes anything. */
const anyEvent = fc
  .record(
    {
      type: fc.constantFrom(...eventTypes),
      naming: fc.subarray(['device', 'instance', 'hostName'] as const, { minLength: 0, maxLength: 2 }),
      optional: fc.subarray(['id', 'organization'] as const),
      data: fc.option(fc.subarray([...dataFields]), { nil: undefined }),
      values: fc.record(fields),
      spoiled: fc.option(fc.tuple(fc.constantFrom('type', 'data', 'extra', ...Object.keys(fields)), odd), {
        nil: undefined,
        freq: 2,
      }),
    },
    { noNullPrototype: true },
  )
  .map(({ type, naming, optional, data, values, spoiled }) => {
    const pick = (keys: readonly (keyof typeof values)[]) => Object.fromEntries(keys.map((key) => [key, values[key]]));
    const event: Record<string, unknown> = { type, ...pick(['occurredAt', ...naming, ...optional]) };
    if (data !== undefined) event['data'] = pick(data);
    if (spoiled !== undefined) {
      const [field, value] = spoiled;
      const isOfData = (dataFields as readonly string[]).includes(field) && data !== undefined;
      (isOfData ? (event['data'] as Record<string, unknown>) : event)[field] = value;
    }
    return JSON.parse(JSON.stringify(event)) as unknown;
  });

describe('readEvent', () => {
  it('gives exactly what the schema gives, or leaves the event to it', () => {
    let read = 0;
    fc.assert(
      fc.property(anyEvent, (raw) => {
        const quick = readEvent(raw);
        if (quick === undefined) return;
        read += 1;
        const { data, error } = EventInput.safeParse(raw);
        expect(error).toBeUndefined();
        expect(quick).toEqual(data);
        expect(JSON.stringify(quick.data)).toBe(JSON.stringify(data?.data));
      }),
      { numRuns: 3000 },
    );
    expect(read).toBeGreaterThan(100);
  });

  it.each(eventTypes.filter((type) => !type.startsWith('maintenance.')))('reads %s without the schema', (type) => {
    const common = { type, occurredAt: times[0], organization: 'acme', id: '1' };
    for (const naming of [{ device: 'ninja:1' }, { instance: 'srv-1:9182' }, { hostName: 'srv-1' }])
      expect(readEvent({ ...common, ...naming })).toMatchObject({ ...naming, type });
  });

  it.each([null, undefined, 'text', 7, [], {}, { type: 'toString' }, { type: '__proto__' }])(
    'leaves %j to the schema',
    (raw) => {
      expect(readEvent(raw)).toBeUndefined();
    },
  );
});
