import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InstanceClaims } from './instance-claims.ts';

describe('InstanceClaims', () => {
  it('shows an instance exactly while one owner claims it, in whatever order claims come and go', () => {
    const step = fc.record({ owner: fc.integer({ min: 0, max: 4 }), instance: fc.constantFrom(undefined, 'a', 'b') });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const hidden = new Set<number>();
        const claims = new InstanceClaims<number>((owner, contested) => {
          if (contested) hidden.add(owner);
          else hidden.delete(owner);
        });
        const claimed = new Map<number, string>();
        for (const { owner, instance } of steps) {
          const before = claimed.get(owner);
          if (before !== undefined) claims.release(before, owner);
          claimed.delete(owner);
          if (instance === undefined) continue;
          claims.claim(instance, owner);
          claimed.set(owner, instance);
        }
        const rivals = [...claimed].filter(([owner, instance]) =>
          [...claimed].some(([other, theirs]) => other !== owner && theirs === instance),
        );
        expect([...hidden].sort()).toEqual(rivals.map(([owner]) => owner).sort());
        expect(claims.contestedOwners).toBe(rivals.length);
      }),
    );
  });
});
