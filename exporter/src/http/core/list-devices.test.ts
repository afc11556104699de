import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aDevice, builtAt } from '../../../test/support/builders.ts';
import { defaultPolicy } from '../../domain/policy.ts';
import { compareNamed } from '../../fleet/name-order.ts';
import { Fleet } from '../../fleet/fleet.ts';
import { SourceBoard } from '../../fleet/source-board.ts';
import type { OrganizationScope } from '../../store/patch-store.ts';
import { DeviceQuery } from '../schema/device.ts';
import { createCursors } from './cursor.ts';
import { listDevices } from './list-devices.ts';

const organizations = ['acme', 'bolt', 'cobra'];
const cursors = createCursors();

function aFleetOf(changes: readonly Change[]): { fleet: Fleet; change: (next: readonly Change[]) => void } {
  const fleet = new Fleet({
    clock: { now: () => builtAt },
    sources: new SourceBoard(),
    policy: () => defaultPolicy.compliance,
    perOrganization: () => true,
  });
  let seq = 0;
  const change = (next: readonly Change[]): void => {
    for (const { vendorId, displayName, organization, removed } of next) {
      seq += 1;
      const state = aDevice({ facts: { vendorId, displayName, organization } });
      const header = { seq, source: 'ninja', dedupKey: String(seq), organization, device: state.key };
      const data = { reason: 'retired' } as const;
      const times = { occurredAt: builtAt + seq, receivedAt: builtAt + seq };
      if (removed) fleet.apply([{ ...header, ...times, type: 'device.removed', data }], seq);
      else fleet.restore([state], seq);
    }
  };
  change(changes);
  return { fleet, change };
}

interface Change {
  readonly vendorId: string;
  readonly displayName: string;
  readonly organization: string;
  readonly removed: boolean;
}

const changes = fc.array(
  fc.record({
    vendorId: fc.nat(30).map(String),
    displayName: fc.constantFrom('a', 'A', 'b', 'Ä', 'ab', 'B', ''),
    organization: fc.constantFrom(...organizations),
    removed: fc.boolean(),
  }),
  { maxLength: 40 },
);
const question = fc.record({
  limit: fc.integer({ min: 1, max: 12 }),
  order: fc.constantFrom('asc' as const, 'desc' as const),
  organization: fc.option(fc.constantFrom(...organizations, 'nobody'), { nil: undefined }),
  scope: fc.oneof(fc.constant('all' as const), fc.subarray(organizations)),
});

/** The keys on all pages, and the total each page told. */
async function walk(fleet: Fleet, { scope, ...query }: { scope: OrganizationScope } & Record<string, unknown>) {
  const keys: string[] = [];
  const totals: number[] = [];
  for (let cursor: string | undefined, next: string | null = ''; next !== null; cursor = next ?? undefined) {
    const parsed = { ...DeviceQuery.parse({}), ...query, ...(cursor === undefined ? {} : { cursor }) };
    const page = await listDevices(fleet, scope, parsed, cursors, builtAt);
    keys.push(...page.views.map(({ state }) => state.key));
    totals.push(page.total);
    next = page.nextCursor;
  }
  return { keys, totals };
}

describe('pages by name', () => {
  it('hold what a walk over the fleet finds, in its order, whatever has changed between two questions', async () => {
    await fc.assert(
      fc.asyncProperty(changes, changes, question, async (before, after, asked) => {
        const { fleet, change } = aFleetOf(before);
        for (const next of [[], after]) {
          change(next);
          const { scope, organization, order } = asked;
          const expected = [...fleet.devices()]
            .filter(({ state }) => scope === 'all' || scope.includes(state.facts.organization))
            .filter(({ state }) => organization === undefined || state.facts.organization === organization)
            .map(({ state }) => ({ name: state.facts.displayName.toLowerCase(), key: state.key }))
            .sort(compareNamed)
            .map(({ key }) => key);
          if (order === 'desc') expected.reverse();
          const { keys, totals } = await walk(fleet, asked);
          expect(keys).toEqual(expected);
          expect(new Set(totals)).toEqual(new Set([expected.length]));
        }
      }),
    );
  });

  it('are sorted in slices, and take in what changed meanwhile', async () => {
    const devices = Array.from({ length: 10_000 }, (_, i) => ({
      ...{ vendorId: String(i), displayName: `n${String((i * 7919) % 10_000)}` },
      ...{ organization: 'acme', removed: false },
    }));
    const { fleet, change } = aFleetOf(devices);
    const asked = walk(fleet, { scope: 'all', limit: 500, order: 'asc' });
    change([{ vendorId: '5', displayName: '!first', organization: 'acme', removed: false }]);
    change([{ vendorId: '0', displayName: 'z', organization: 'bolt', removed: false }]);
    const { keys } = await asked;
    expect([keys.at(0), keys.at(-1), keys.length]).toEqual(['ninja:5', 'ninja:0', 10_000]);
    expect(new Set(keys).size).toBe(10_000);
  });
});
