import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { DeviceState, InstallBatch, Mark } from '../domain/device.ts';
import { type DevicePatch, patchKinds, patchSeverities, patchStatuses } from '../domain/patch.ts';
import { packState, unpackState } from './packed-state.ts';
import { StateWords } from './state-words.ts';

/** Packs with words that are numbered as they come, and reads with a dictionary of its own. */
function travel(state: DeviceState): DeviceState {
  const [mine, theirs] = [new StateWords(), new StateWords()];
  packState(state, mine);
  mine.takeMissing().forEach((word, i) => {
    mine.learn(JSON.parse(word), i + 1);
    theirs.learn(JSON.parse(word), i + 1);
  });
  return unpackState(JSON.parse(packState(state, mine)) as readonly unknown[], theirs);
}

const word = fc.oneof(fc.string({ unit: 'binary', maxLength: 12 }), fc.constant('é'.repeat(500)));
const time = fc.oneof(
  fc.integer({ min: 0, max: 4_000_000_000 }),
  fc.double({ min: 0, max: 4e9, noNaN: true }).filter((at) => !Object.is(at, -0)),
  fc.constantFrom(0, 0.1, 1_723_514_400.25, 1.7e9),
);
const maybe = { requiredKeys: [] };
const ref = fc.record({ id: word, title: word });
const patches = fc.array(
  fc.record(
    {
      id: word,
      title: word,
      severity: fc.constantFrom(...patchSeverities),
      kind: fc.constantFrom(...patchKinds),
      status: fc.constantFrom(...patchStatuses),
      firstSeenAt: time,
      installedAt: time,
    },
    { requiredKeys: ['id', 'title', 'severity', 'kind', 'status'] },
  ),
  { maxLength: 4 },
) as fc.Arbitrary<readonly DevicePatch[]>;
const batch: fc.Arbitrary<InstallBatch> = fc.record({ source: word, at: time, patches: fc.array(ref) });
const mark: fc.Arbitrary<Mark> = fc.record({ source: word, at: time, ref: word, patches: fc.array(ref) });
const plan = fc.record({ id: word, source: word, start: time, end: time, reason: word, owner: word });
const words = fc.array(word, { maxLength: 3 });
const os = fc.record(
  { name: word, build: word, family: fc.constantFrom('windows', 'linux') },
  { requiredKeys: ['name', 'family'] },
);
const facts = fc
  .tuple(
    fc.record({
      ...{ vendorId: word, organization: word, groups: words, tags: words },
      ...{ displayName: word, hostNames: words, ipAddresses: words },
    }),
    fc.record(
      {
        ...{ site: word, instance: word, parentVendorId: word, os, lastSeenAt: time, lastBootAt: time },
        ...{ rebootPending: fc.boolean(), patches, maintenance: fc.record({ end: time }) },
      },
      maybe,
    ),
  )
  .map(([always, others]) => ({ ...always, ...others }));
const states = fc
  .tuple(
    fc.record({ source: word, facts, observedAt: time, removed: fc.boolean(), planned: fc.array(plan) }),
    fc.record(
      {
        ...{ observedRef: word, rememberedPatches: patches, rebootPendingSince: time, rememberedPendingSince: time },
        ...{ lastInstall: batch, lastInstallFailure: mark, installStarted: mark, installEndedAt: time },
        ...{ rebootOrdered: mark, rebootStarted: mark },
      },
      maybe,
    ),
    fc.option(word, { nil: undefined }),
  )
  .map(
    ([always, others, key]) =>
      ({ ...always, ...others, key: key ?? `${always.source}:${always.facts.vendorId}` }) as DeviceState,
  );

const plain: DeviceState = {
  key: 's:1',
  source: 's',
  facts: {
    ...{ vendorId: '1', organization: 'acme', groups: [], tags: [] },
    ...{ displayName: 'srv1', hostNames: ['srv1'], ipAddresses: [] },
  },
  observedAt: 1_760_000_000,
  removed: false,
  planned: [],
};

describe('packState', () => {
  it('gives back every state as it was', () => {
    fc.assert(
      fc.property(states, (state) => {
        expect(travel(state)).toStrictEqual(JSON.parse(JSON.stringify(state)));
      }),
      { numRuns: 300 },
    );
  });

  it('takes along what it has no place for', () => {
    const state = { ...plain, facts: { ...plain.facts, colour: 'red' }, mood: { good: true } };
    expect(travel(state)).toStrictEqual(state);
  });

  it('has a place for every field of an update', () => {
    expectTypeOf<keyof DevicePatch>().toEqualTypeOf<
      'id' | 'title' | 'severity' | 'kind' | 'status' | 'firstSeenAt' | 'installedAt'
    >();
  });

  it('keeps what two devices share in memory once', () => {
    const lists = { groups: ['Production'], os: { name: 'Debian 12', family: 'linux' } } as const;
    const dictionary = new StateWords();
    const state = { ...plain, facts: { ...plain.facts, ...lists } };
    packState(state, dictionary);
    dictionary.takeMissing().forEach((missing, i) => {
      dictionary.learn(JSON.parse(missing), i);
    });
    const read = () => unpackState(JSON.parse(packState(state, dictionary)) as readonly unknown[], dictionary).facts;
    expect(read().os).toBe(read().os);
    expect(read().groups).toBe(read().groups);
  });

  it.each([
    ['of a later format', [3, 's:1']],
    ['with a word that nobody knows', [2, 's:1', null, 77]],
  ])('refuses a row %s', (_name, row) => {
    expect(() => unpackState(row, new StateWords())).toThrow(RangeError);
  });
});
